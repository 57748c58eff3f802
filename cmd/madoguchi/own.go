package main

import (
	"errors"

	"github.com/madoguchi/madoguchi/internal/own"
)

// ownFlag is a file of own lists, in force before the command runs.
type ownFlag string

// AfterApply reads the lists.
func (f ownFlag) AfterApply() error {
	if f == "" {
		return nil
	}
	l, err := own.Load(string(f))
	if err != nil {
		return &usageError{errors.New(err.Error()), "docs/own-lists.md shows such a file"}
	}
	l.Apply()
	return nil
}
