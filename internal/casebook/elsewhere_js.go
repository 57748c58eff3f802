package casebook

import "errors"

var errShelfAlone = errors.New("casebook: in a browser there are only shelves")

func openShared(Place) (*database, error) { return nil, errShelfAlone }
func openLocal(string) (*database, error) { return nil, errShelfAlone }

func (*database) settle(Place) error { return errShelfAlone }
