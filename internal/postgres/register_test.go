package postgres

import (
	"errors"
	"fmt"
	"iter"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"realname/internal/authority/register"
	"realname/internal/review"
)

func organisations(fault error, list ...register.Organisation) iter.Seq2[register.Organisation, error] {
	return func(yield func(register.Organisation, error) bool) {
		for _, o := range list {
			if !yield(o, nil) {
				return
			}
		}
		if fault != nil {
			yield(register.Organisation{}, fault)
		}
	}
}

func TestARegisterIsSwappedWholeAndCanBeTakenBack(t *testing.T) {
	f := newFixture(t)
	day := review.Date{Year: 2026, Month: 11, Day: 1}
	if _, err := f.Version(t.Context()); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("before any: %v", err)
	}
	one := register.Organisation{Code: "91440300MA5EXB017B", Name: "样本市示例国际贸易有限公司", Former: []string{"样本市旧名贸易有限公司"}, Status: "存续"}
	first, err := f.LoadRegister(t.Context(), day, organisations(nil, one), false)
	f.must(err)
	if first.Names != 2 {
		t.Errorf("%d names", first.Names)
	}
	if _, err := f.LoadRegister(t.Context(), day, organisations(errors.New("cut off"), register.Organisation{Code: "x", Name: "y"}), false); err == nil {
		t.Error("half a file was taken")
	}
	if _, err := f.LoadRegister(t.Context(), day, organisations(nil), false); err == nil {
		t.Error("an empty register was put into use")
	}
	f.find("样本市示例囯际贸易有限公司", one.Code) // a look-alike
	f.find("样本市旧名贸易有限公司", one.Code)   // its former name
	renamed := one
	renamed.Name, renamed.Former = "样本市新名国际贸易有限公司", []string{one.Name}
	second, err := f.LoadRegister(t.Context(), day.AddDays(7), organisations(nil, renamed), false)
	f.must(err)
	f.find("样本市新名国际贸易有限公司", one.Code)
	f.must(f.UseRegister(t.Context(), first.ID))
	f.find("样本市新名国际贸易有限公司", "")
	f.must(f.UseRegister(t.Context(), second.ID))
	if v, err := f.Version(t.Context()); v.ID != second.ID || v.AsOf != day.AddDays(7) || err != nil {
		t.Errorf("in use: %+v %v", v, err)
	}
	for range 2 {
		_, err := f.LoadRegister(t.Context(), day, organisations(nil, one), false)
		f.must(err)
	}
	if list, err := f.Registers(t.Context()); len(list) != 2 || err != nil {
		t.Errorf("%d versions are kept (%v)", len(list), err)
	}
	if n := f.count(`select count(*) from pg_tables where tablename ~ '^names_[0-9]+$'`); n != 3 {
		t.Errorf("%d tables", n) // two versions and the empty one
	}
	if err := f.UseRegister(t.Context(), first.ID); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("a dropped version: %v", err)
	}
}

// Rule: a file that lost most of its rows does not replace a whole register unless
// somebody says that it is meant.
func TestARegisterThatShrinksIsAsked(t *testing.T) {
	f := newFixture(t)
	day := review.Date{Year: 2026, Month: 11, Day: 1}
	many := make([]register.Organisation, 10)
	for i := range many {
		many[i] = register.Organisation{Code: fmt.Sprintf("91440300MA5EXB0%02d", i), Name: fmt.Sprintf("样本市示例%d有限公司", i)}
	}
	whole, err := f.LoadRegister(t.Context(), day, organisations(nil, many...), false)
	f.must(err)
	if _, err := f.LoadRegister(t.Context(), day, organisations(nil, many[:7]...), false); err == nil {
		t.Error("a torn file was taken")
	}
	if v, err := f.Version(t.Context()); v.ID != whole.ID || err != nil {
		t.Errorf("in use: %+v, %v", v, err)
	}
	_, err = f.LoadRegister(t.Context(), day, organisations(nil, many[:8]...), false)
	f.must(err)
	_, err = f.LoadRegister(t.Context(), day, organisations(nil, many[:1]...), true)
	f.must(err)
}

func (f fixture) find(name, code string) {
	f.t.Helper()
	list, err := register.Lookup(f.t.Context(), f.Store, name)
	f.must(err)
	if code == "" && len(list) == 0 || len(list) > 0 && list[0].Code == code {
		return
	}
	f.t.Errorf("found %d of %q", len(list), code)
}

// Rule: a near lookup is not planned each time: that takes longer than the lookup.
func TestANearLookupIsPlannedOnce(t *testing.T) {
	f := newFixture(t)
	one := register.Organisation{Code: "91440300MA5EXB017B", Name: "样本市示例国际贸易有限公司"}
	_, err := f.LoadRegister(t.Context(), review.Date{Year: 2026, Month: 11, Day: 1}, organisations(nil, one), false)
	f.must(err)
	conf := f.pool.Config()
	conf.MaxConns = 1 // one connection, whose plans are counted
	pool, err := pgxpool.NewWithConfig(t.Context(), conf)
	f.must(err)
	defer pool.Close()
	for range 3 {
		_, err := register.Lookup(t.Context(), New(pool), one.Name)
		f.must(err)
	}
	var generic, custom int
	f.must(pool.QueryRow(t.Context(), `select generic_plans, custom_plans from pg_prepared_statements where statement like '%k4 in%'`).Scan(&generic, &custom))
	if generic != 3 || custom != 0 {
		t.Errorf("%d times by the plan that is kept, %d times planned", generic, custom)
	}
}
