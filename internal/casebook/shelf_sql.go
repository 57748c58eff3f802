package casebook

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A shelf understands as much SQL as this package writes, so that one text of each
// query holds for SQLite, PostgreSQL and a browser:
//
//	SELECT [DISTINCT] column | count(column or *) | max(column), … FROM table
//	  [WHERE condition AND …] [ORDER BY the key]
//	INSERT INTO table (column, …) VALUES (? or number, …)
//	UPDATE table SET column = ? or NULL WHERE condition
//
// A condition is column = ? or a number, column IN (?, …), column IS NOT NULL,
// length(column) > 0. Rows come in the order of their keys.
type statement struct {
	verb, table string
	distinct    bool
	items       []item
	set         []term
	where       []term
}

type item struct{ function, column string }

// term is a column and what it is compared with, or set to.
type term struct {
	column, operator string
	values           []any // asked for where it is the value named asked
}

type asked struct{}

var words = regexp.MustCompile(`"?[A-Za-z]+"?|[0-9]+|[?=(),*>]`)

type sqlParser struct {
	words []string
	err   error
}

func (p *sqlParser) peek() string {
	if len(p.words) == 0 {
		return ""
	}
	return p.words[0]
}

func (p *sqlParser) next() string {
	w := p.peek()
	if w == "" {
		p.err = errors.New("it ends too early")
		return ""
	}
	p.words = p.words[1:]
	return strings.Trim(w, `"`)
}

func (p *sqlParser) take(w string) bool {
	if p.peek() != w {
		return false
	}
	p.words = p.words[1:]
	return true
}

func (p *sqlParser) want(list ...string) {
	for _, w := range list {
		if !p.take(w) && p.err == nil {
			p.err = fmt.Errorf("%s is not understood, %s was expected", p.peek(), w)
		}
	}
}

// value is ?, a number or NULL.
func (p *sqlParser) value() any {
	switch w := p.next(); w {
	case "?":
		return asked{}
	case "NULL":
		return nil
	default:
		var n int64
		if _, err := fmt.Sscan(w, &n); err != nil && p.err == nil {
			p.err = fmt.Errorf("%s is no value", w)
		}
		return n
	}
}

// list reads what f reads, separated by commas.
func (p *sqlParser) list(f func()) {
	for f(); p.err == nil && p.take(","); {
		f()
	}
}

func parseSQL(q string) (s statement, err error) {
	if rest := words.ReplaceAllString(q, ""); strings.TrimSpace(rest) != "" {
		return s, fmt.Errorf("casebook: a shelf does not understand %q", q)
	}
	p := &sqlParser{words: words.FindAllString(q, -1)}
	switch s.verb = p.next(); s.verb {
	case "SELECT":
		s.distinct = p.take("DISTINCT")
		p.list(func() {
			x := item{column: p.next()}
			if p.take("(") {
				x.function, x.column = x.column, p.next()
				p.want(")")
			}
			s.items = append(s.items, x)
		})
		p.want("FROM")
		s.table = p.next()
		p.conditions(&s)
		if p.take("ORDER") {
			p.want("BY")
			if c := shelved[s.table]; len(c) == 0 || p.next() != c[0].name {
				p.err = errors.New("rows come in the order of their keys alone")
			}
		}
	case "INSERT":
		p.want("INTO")
		s.table = p.next()
		p.want("(")
		p.list(func() { s.set = append(s.set, term{column: p.next()}) })
		p.want(")", "VALUES", "(")
		i := 0
		p.list(func() {
			v := p.value()
			if i < len(s.set) {
				s.set[i].values = []any{v}
			}
			i++
		})
		p.want(")")
		if i != len(s.set) && p.err == nil {
			p.err = errors.New("there are not as many values as columns")
		}
	case "UPDATE":
		s.table = p.next()
		p.want("SET")
		c := p.next()
		p.want("=")
		s.set = []term{{column: c, values: []any{p.value()}}}
		p.conditions(&s)
	default:
		p.err = fmt.Errorf("%s is not understood", s.verb)
	}
	if p.err == nil && len(p.words) > 0 {
		p.err = fmt.Errorf("%s is not understood", p.peek())
	}
	if p.err == nil {
		p.err = s.known()
	}
	if p.err != nil {
		return s, fmt.Errorf("casebook: a shelf does not understand %q: %w", q, p.err)
	}
	return s, nil
}

func (p *sqlParser) conditions(s *statement) {
	if !p.take("WHERE") {
		return
	}
	for {
		t := term{column: p.next()}
		switch {
		case t.column == "length":
			p.want("(")
			t.column, t.operator = p.next(), "filled"
			p.want(")", ">", "0")
		case p.take("="):
			t.operator, t.values = "in", []any{p.value()}
		case p.take("IN"):
			t.operator = "in"
			p.want("(")
			p.list(func() { t.values = append(t.values, p.value()) })
			p.want(")")
		default:
			p.want("IS", "NOT", "NULL")
			t.operator = "there"
		}
		s.where = append(s.where, t)
		if p.err != nil || !p.take("AND") {
			return
		}
	}
}

// known reports a table or column that there is not.
func (s *statement) known() error {
	columns, ok := shelved[s.table]
	if !ok {
		return fmt.Errorf("there is no table %s", s.table)
	}
	names := slices.Concat(s.set, s.where)
	for _, x := range s.items {
		if !slices.Contains([]string{"", "count", "max"}, x.function) {
			return fmt.Errorf("there is no function %s", x.function)
		}
		if x.column != "*" {
			names = append(names, term{column: x.column})
		}
	}
	for _, t := range names {
		if place(columns, t.column) < 0 {
			return fmt.Errorf("%s has no column %s", s.table, t.column)
		}
	}
	return nil
}

func place(columns []column, name string) int {
	return slices.IndexFunc(columns, func(c column) bool { return c.name == name })
}

// bound is the statement with values in the place of what is asked for.
func (s *statement) bound(args []driver.Value) (*statement, error) {
	out, n := *s, 0
	fill := func(terms []term) []term {
		terms = slices.Clone(terms)
		for i, t := range terms {
			terms[i].values = slices.Clone(t.values)
			for j, v := range t.values {
				if _, ok := v.(asked); !ok {
					continue
				}
				if n < len(args) {
					v = args[n]
				}
				if b, ok := v.([]byte); ok {
					v = append([]byte{}, b...) // no bytes are not NULL
				}
				terms[i].values[j] = v
				n++
			}
		}
		return terms
	}
	out.set, out.where = fill(s.set), fill(s.where)
	if n != len(args) {
		return nil, fmt.Errorf("casebook: %d values for %d that are asked for", len(args), n)
	}
	return &out, nil
}

func same(a, b any) bool {
	x, ok := a.([]byte)
	if !ok {
		return a == b
	}
	y, ok := b.([]byte)
	return ok && bytes.Equal(x, y)
}

// find returns the keys of the rows that a statement is about, in order.
func (s *Shelf) find(q *statement) []string {
	columns, table := shelved[q.table], s.tables[q.table]
	var keys []string
	if at := slices.IndexFunc(q.where, func(t term) bool { return t.operator == "in" && t.column == columns[0].name }); at >= 0 {
		for _, v := range q.where[at].values {
			if key := rowKey(q.table, v); table[key] != nil {
				keys = append(keys, key)
			}
		}
		slices.Sort(keys)
		keys = slices.Compact(keys)
	} else {
		keys = slices.Sorted(maps.Keys(table))
	}
	return slices.DeleteFunc(keys, func(key string) bool {
		for _, t := range q.where {
			v := table[key][place(columns, t.column)]
			b, _ := v.([]byte)
			if t.operator == "there" && v == nil || t.operator == "filled" && len(b) == 0 || t.operator == "in" && !slices.ContainsFunc(t.values, func(x any) bool { return same(v, x) }) {
				return true
			}
		}
		return false
	})
}

func (s *Shelf) selected(q *statement) *shelfRows {
	out, columns, keys := &shelfRows{}, shelved[q.table], s.find(q)
	for _, x := range q.items {
		out.names = append(out.names, x.column)
	}
	counts := slices.ContainsFunc(q.items, func(x item) bool { return x.function != "" })
	if counts {
		row := make([]driver.Value, len(q.items))
		for i, x := range q.items {
			row[i] = s.counted(q.table, x, keys)
		}
		out.rows = [][]driver.Value{row}
		return out
	}
	seen := map[string]bool{}
	for _, key := range keys {
		row := make([]driver.Value, len(q.items))
		for i, x := range q.items {
			row[i] = s.tables[q.table][key][place(columns, x.column)]
		}
		if q.distinct {
			as := fmt.Sprintf("%x", row)
			if seen[as] {
				continue
			}
			seen[as] = true
		}
		out.rows = append(out.rows, row)
	}
	return out
}

// counted is count(*), count(column) or max(column) of some rows.
func (s *Shelf) counted(table string, x item, keys []string) driver.Value {
	var n, most int64
	var any bool
	for _, key := range keys {
		if x.column == "*" {
			n++
			continue
		}
		v := s.tables[table][key][place(shelved[table], x.column)]
		if v != nil {
			n++
		}
		if i, ok := v.(int64); ok && (!any || i > most) {
			most, any = i, true
		}
	}
	switch {
	case x.function == "count":
		return n
	case any:
		return most
	}
	return nil
}

// change does what a statement says and returns how many rows it changed.
func (s *Shelf) change(q *statement, undo *[]func(), changed map[string]string) (int64, error) {
	columns, table := shelved[q.table], s.tables[q.table]
	put := func(key string, row []any) {
		old := table[key]
		*undo = append(*undo, func() {
			if table[key] = old; old == nil {
				delete(table, key)
			}
		})
		table[key], changed[key] = row, q.table
	}
	if q.verb == "INSERT" {
		row := make([]any, len(columns))
		for _, t := range q.set {
			row[place(columns, t.column)] = t.values[0]
		}
		for i, c := range columns {
			if _, ok := row[i].(int64); row[i] != nil && ok == c.bytes || i == 0 && row[i] == nil {
				return 0, fmt.Errorf("casebook: %s of %s is of another kind", c.name, q.table)
			}
		}
		key := rowKey(q.table, row[0])
		if table[key] != nil {
			return 0, fmt.Errorf("casebook: %s has this row already", q.table)
		}
		put(key, row)
		return 1, nil
	}
	keys := s.find(q)
	for _, key := range keys {
		row := slices.Clone(table[key])
		row[place(columns, q.set[0].column)] = q.set[0].values[0]
		put(key, row)
	}
	return int64(len(keys)), nil
}

// shelfConnector, shelfConn, shelfStmt, shelfTx and shelfRows are what database/sql
// asks a database for.
type shelfConnector struct{ shelf *Shelf }

func (c shelfConnector) Connect(context.Context) (driver.Conn, error) {
	return &shelfConn{shelf: c.shelf}, nil
}

func (c shelfConnector) Driver() driver.Driver { return c }

func (c shelfConnector) Open(string) (driver.Conn, error) { return c.Connect(context.Background()) }

type shelfConn struct {
	shelf   *Shelf
	inside  bool // of a transaction
	undo    []func()
	changed map[string]string // the table of each row that was changed, by key
}

func (c *shelfConn) Close() error { return nil }

func (c *shelfConn) Prepare(q string) (driver.Stmt, error) {
	s, err := parseSQL(q)
	return &shelfStmt{c, s}, err
}

func (c *shelfConn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

// BeginTx takes the shelf: nobody else reads or writes until the end.
func (c *shelfConn) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) {
	c.shelf.mu.Lock()
	c.inside, c.undo, c.changed = true, nil, map[string]string{}
	return shelfTx{c}, nil
}

type shelfTx struct{ *shelfConn }

func (t shelfTx) Commit() error {
	changes := map[string][]byte{}
	var err error
	for key, table := range t.changed {
		var e error
		changes[key], e = encodeRow(t.shelf.tables[table][key])
		err = errors.Join(err, e)
	}
	if err == nil {
		err = t.shelf.save(changes)
	}
	if err != nil {
		return errors.Join(err, t.Rollback())
	}
	t.end()
	return nil
}

func (t shelfTx) Rollback() error {
	for _, f := range slices.Backward(t.undo) {
		f()
	}
	t.end()
	return nil
}

func (c *shelfConn) end() {
	c.inside, c.undo, c.changed = false, nil, nil
	c.shelf.mu.Unlock()
}

type shelfStmt struct {
	conn *shelfConn
	statement
}

func (*shelfStmt) Close() error  { return nil }
func (*shelfStmt) NumInput() int { return -1 }

func (s *shelfStmt) Exec(args []driver.Value) (driver.Result, error) {
	if s.verb == "SELECT" {
		return nil, errors.New("casebook: a SELECT changes nothing")
	}
	q, err := s.bound(args)
	if err != nil {
		return nil, err
	}
	c := s.conn
	if c.inside {
		n, err := c.shelf.change(q, &c.undo, c.changed)
		return driver.RowsAffected(n), err
	}
	t, err := c.Begin()
	if err != nil {
		return nil, err
	}
	n, err := c.shelf.change(q, &c.undo, c.changed)
	if err != nil {
		return nil, errors.Join(err, t.Rollback())
	}
	return driver.RowsAffected(n), t.Commit()
}

func (s *shelfStmt) Query(args []driver.Value) (driver.Rows, error) {
	if s.verb != "SELECT" {
		return nil, errors.New("casebook: only a SELECT has rows")
	}
	q, err := s.bound(args)
	if err != nil {
		return nil, err
	}
	if !s.conn.inside {
		s.conn.shelf.mu.Lock()
		defer s.conn.shelf.mu.Unlock()
	}
	return s.conn.shelf.selected(q), nil
}

// shelfRows are a query's answer.
type shelfRows struct {
	names []string
	rows  [][]driver.Value
}

func (r *shelfRows) Columns() []string { return r.names }
func (r *shelfRows) Close() error      { return nil }

func (r *shelfRows) Next(to []driver.Value) error {
	if len(r.rows) == 0 {
		return io.EOF
	}
	copy(to, r.rows[0])
	r.rows = r.rows[1:]
	return nil
}
