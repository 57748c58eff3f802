package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/madoguchi/madoguchi/internal/knowledge"
)

type orgDueCmd struct {
	Within int    `help:"Days from today." default:"60"`
	Day    string `help:"Another day than today, YYYY-MM-DD." placeholder:"DAY"`
}

// Run lists the organizations whose record is to be looked at again, those first where
// money is lost, then the oldest.
func (c *orgDueCmd) Run(s *streams) error {
	today := time.Now()
	if c.Day != "" {
		var err error
		if today, err = time.Parse(time.DateOnly, c.Day); err != nil {
			return &usageError{fmt.Errorf("--day %q is no day", c.Day), "write it as 2026-11-26"}
		}
	}
	type due struct {
		o    *knowledge.Organization
		when time.Time
	}
	var list []due
	orgs := knowledge.Organizations()
	for i := range orgs {
		o := &orgs[i]
		reviewed, err := time.Parse(time.DateOnly, o.Reviewed)
		if err != nil {
			continue // own lists have no day
		}
		if when := reviewed.AddDate(0, 0, o.RecheckAfterDays); !when.After(today.AddDate(0, 0, c.Within)) {
			list = append(list, due{o, when})
		}
	}
	slices.SortStableFunc(list, func(a, b due) int {
		return cmp.Or(cmp.Compare(b.o.Risk(), a.o.Risk()), a.when.Compare(b.when))
	})
	for _, d := range list {
		fmt.Fprintf(s.out, "%s  %-10s  %-28s %s\n", d.when.Format(time.DateOnly), d.o.Sector, d.o.ID, d.o.Name.JA)
	}
	fmt.Fprintf(s.err, "madoguchi: %d of %d records by %s\n", len(list), len(orgs), today.AddDate(0, 0, c.Within).Format(time.DateOnly))
	return nil
}
