package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"realname/internal/authority/register"
	"realname/internal/review"
)

// LoadRegister fills a new version of the register, indexes it, and puts it into
// use in one change. Readers see the old version until then; a loading that fails
// leaves nothing. The version before stays, older ones are dropped. A version with
// much fewer names than the one in use is only taken when that is said to be right.
func (s *Store) LoadRegister(ctx context.Context, asOf review.Date, list iter.Seq2[register.Organisation, error], smaller bool) (register.Version, error) {
	v := register.Version{AsOf: asOf, InUse: true}
	err := s.admin().inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `set local statement_timeout = 0; set local maintenance_work_mem = '256MB'`); err != nil {
			return fmt.Errorf("prepare loading: %w", err)
		}
		err := tx.QueryRow(ctx, `insert into register.versions (as_of, names) values ($1, 0) returning id, loaded_at`, sqlDate(asOf)).Scan(&v.ID, &v.LoadedAt)
		if err != nil {
			return fmt.Errorf("begin version: %w", err)
		}
		if v.Names, err = fillRegister(ctx, tx, v.ID, list); err != nil {
			return err
		}
		if v.Names == 0 {
			return errEmptyRegister
		}
		if !smaller {
			if err := checkSize(ctx, tx, v.Names); err != nil {
				return err
			}
		}
		return useRegister(ctx, tx, v)
	})
	return v, err
}

// errEmptyRegister keeps the version in use: an empty one would find nobody.
var errEmptyRegister = errors.New("the file holds no row with a usable code and name; the register in use stays")

// leastShare is how much of the names in use a new version holds unless it is said to
// be smaller: most of a file in the wrong encoding is left out row by row.
const leastShare = 0.8

func checkSize(ctx context.Context, tx pgx.Tx, names int64) error {
	var before int64
	if err := tx.QueryRow(ctx, `select coalesce(max(names), 0) from register.versions where in_use`).Scan(&before); err != nil {
		return fmt.Errorf("read size of the register in use: %w", err)
	}
	if float64(names) < leastShare*float64(before) {
		return fmt.Errorf("the file holds %d usable names, and the register in use, which stays, holds %d. If it is right, load it with --smaller", names, before)
	}
	return nil
}

var registerColumns = []string{"code", "name", "former", "status", "established", "registered", "authority", "k0", "k1", "k2", "k3", "k4"}

func fillRegister(ctx context.Context, tx pgx.Tx, id int64, list iter.Seq2[register.Organisation, error]) (int64, error) {
	table := fmt.Sprintf("names_%d", id)
	if _, err := tx.Exec(ctx, fmt.Sprintf(`create table register.%s (like register.names_0)`, table)); err != nil {
		return 0, fmt.Errorf("make table of the version: %w", err)
	}
	rows := &registerRows{}
	next, stop := iter.Pull2(list)
	defer stop()
	rows.next = next
	n, err := tx.CopyFrom(ctx, pgx.Identifier{"register", table}, registerColumns, rows)
	if err != nil {
		return 0, fmt.Errorf("copy register: %w", err)
	}
	for _, column := range []string{"code", "k0", "k1", "k2", "k3", "k4"} {
		if _, err := tx.Exec(ctx, fmt.Sprintf(`create index on register.%s (%s)`, table, column)); err != nil {
			return 0, fmt.Errorf("index register: %w", err)
		}
	}
	_, err = tx.Exec(ctx, "analyze register."+table)
	return n, err
}

// registerRows turns organisations into a row a name, for COPY.
type registerRows struct {
	next func() (register.Organisation, error, bool)
	o    register.Organisation
	at   int // 0: the present name, then the former ones
	err  error
	open bool
}

func (r *registerRows) Next() bool {
	if r.at++; r.open && r.at <= len(r.o.Former) {
		return true
	}
	r.at = 0
	r.o, r.err, r.open = r.next()
	return r.open && r.err == nil
}

func (r *registerRows) Err() error { return r.err }

func (r *registerRows) Values() ([]any, error) {
	name := r.o.Name
	if r.at > 0 {
		name = r.o.Former[r.at-1]
	}
	k := register.KeysOf(name)
	return []any{r.o.Code, name, r.at > 0, r.o.Status, dateOrNull(r.o.Established), dateOrNull(r.o.Registered), r.o.Authority, k[0], k[1], k[2], k[3], k[4]}, nil
}

func dateOrNull(d review.Date) *time.Time {
	if !d.HasDay() {
		return nil
	}
	t := sqlDate(d)
	return &t
}

// useRegister names the version in the view, and drops what nobody goes back to.
func useRegister(ctx context.Context, tx pgx.Tx, v register.Version) error {
	if _, err := tx.Exec(ctx, fmt.Sprintf(`create or replace view register.names as select * from register.names_%d`, v.ID)); err != nil {
		return fmt.Errorf("swap register: %w", err)
	}
	if _, err := tx.Exec(ctx, `update register.versions set in_use = false where in_use`); err != nil {
		return fmt.Errorf("swap register: %w", err)
	}
	if _, err := tx.Exec(ctx, `update register.versions set in_use = true, names = $2 where id = $1`, v.ID, v.Names); err != nil {
		return fmt.Errorf("swap register: %w", err)
	}
	rows, _ := tx.Query(ctx, `delete from register.versions where id not in (select id from register.versions order by id desc limit 2) and not in_use returning id`)
	old, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("drop old versions: %w", err)
	}
	for _, id := range old {
		if _, err := tx.Exec(ctx, fmt.Sprintf(`drop table register.names_%d`, id)); err != nil {
			return fmt.Errorf("drop version %d: %w", id, err)
		}
	}
	return nil
}

// UseRegister goes back, or forth, to a version that is kept.
func (s *Store) UseRegister(ctx context.Context, id int64) error {
	return s.admin().inTx(ctx, func(tx pgx.Tx) error {
		v := register.Version{ID: id}
		if err := tx.QueryRow(ctx, `select names from register.versions where id = $1`, id).Scan(&v.Names); err != nil {
			return fmt.Errorf("find version %d: %w", id, notFound(err))
		}
		return useRegister(ctx, tx, v)
	})
}

// Registers lists the versions that are kept, the newest first.
func (s *Store) Registers(ctx context.Context) ([]register.Version, error) {
	rows, _ := s.work().Query(ctx, `select id, as_of, names, in_use, loaded_at from register.versions order by id desc`)
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (v register.Version, err error) {
		var day time.Time
		err = r.Scan(&v.ID, &day, &v.Names, &v.InUse, &v.LoadedAt)
		v.AsOf = review.Date{Year: day.Year(), Month: day.Month(), Day: day.Day()}
		return v, err
	})
}

// Version is what is in use: see register.Store.
func (s *Store) Version(ctx context.Context) (register.Version, error) {
	list, err := s.Registers(ctx)
	if err != nil {
		return register.Version{}, fmt.Errorf("read versions of the register: %w", err)
	}
	for _, v := range list {
		if v.InUse {
			return v, nil
		}
	}
	return register.Version{}, review.ErrNotFound
}

// ByCode lists the names of a code: see register.Store.
func (s *Store) ByCode(ctx context.Context, code string) ([]register.Found, error) {
	rows, _ := s.work().Query(ctx, `select code, name, former, status from register.names where code = $1 order by former, name limit 50`, code)
	return pgx.CollectRows(rows, scanFound)
}

// byKeys looks into each index of keys. The numbers of keys are fixed, filled up with
// repeats, so that one plan serves all: with an array of unknown length Postgres
// would plan each time anew, which takes longer than the lookup.
var byKeys = func() string {
	var parts []string
	next := 1
	for place := range len(register.Wanted{}) {
		n := register.MostParts
		if place == 0 {
			n = register.MostWhole
		}
		places := make([]string, n)
		for i := range places {
			places[i] = fmt.Sprintf("$%d::bigint", next)
			next++
		}
		parts = append(parts, fmt.Sprintf("(select code, name, former, status from register.names where k%d in (%s) limit %%[1]s)", place, strings.Join(places, ", ")))
	}
	return fmt.Sprintf(strings.Join(parts, " union all "), fmt.Sprintf("$%d::bigint", next))
}()

// ByKeys lists names that have a key: see register.Store.
func (s *Store) ByKeys(ctx context.Context, keys register.Wanted, limit int) ([]register.Found, error) {
	if keys[1] == nil {
		return s.byWhole(ctx, keys[0], limit)
	}
	var args []any
	for place, list := range keys {
		n := register.MostParts
		if place == 0 {
			n = register.MostWhole
		}
		for i := range n {
			args = append(args, list[min(i, len(list)-1)])
		}
	}
	rows, _ := s.work().QueryPlanned(ctx, byKeys, append(args, limit)...)
	return pgx.CollectRows(rows, scanFound)
}

// scanFound is RowToStructByPos without what that costs for each row.
func scanFound(row pgx.CollectableRow) (f register.Found, err error) {
	err = row.Scan(&f.Code, &f.Name, &f.Former, &f.Status)
	return f, err
}

func (s *Store) byWhole(ctx context.Context, keys []int64, limit int) ([]register.Found, error) {
	rows, _ := s.work().Query(ctx, `select code, name, former, status from register.names where k0 = any($1) order by former, name, code limit $2`, keys, limit)
	return pgx.CollectRows(rows, scanFound)
}
