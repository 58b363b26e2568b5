package app

import (
	"context"

	"realname/internal/notify"
	"realname/internal/postgres"
	"realname/internal/rules"
)

// letters are tenants' own words, checked before they are kept.
type letters struct {
	store *postgres.Store
	set   *rules.Set
}

func (l letters) Letter(ctx context.Context, tenant, language string) (subject, body string, err error) {
	letter, err := l.store.Letter(ctx, tenant, language)
	return letter.Subject, letter.Body, err
}

func (l letters) PutLetter(ctx context.Context, tenant, actor, language, subject, body string) (refused, err error) {
	letter := notify.Letter{Subject: subject, Body: body}
	if refused := notify.CheckLetter(rules.Lang(language), letter, l.set); refused != nil {
		return refused, nil
	}
	return nil, l.store.PutLetter(ctx, tenant, actor, language, letter)
}

func (l letters) DeleteLetter(ctx context.Context, tenant, actor, language string) error {
	return l.store.DeleteLetter(ctx, tenant, actor, language)
}
