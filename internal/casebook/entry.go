package casebook

import (
	"slices"
	"time"
)

// Kind is what an entry holds.
type Kind string

const (
	Opened     Kind = "opened"     // a case begins: Body is a Subject
	Message    Kind = "message"    // what was said or written; From tells by whom
	Verdict    Kind = "verdict"    // what the program said, with the knowledge's hash
	Call       Kind = "call"       // notes of a call
	Attachment Kind = "attachment" // bytes as they came
	Remark     Kind = "remark"     // the person's own words
	StateSet   Kind = "state"
	Deleted    Kind = "deleted" // a case was removed: its entries' contents are gone, their proof stays
)

// State is where a case stands.
type State string

const (
	Open        State = "open"
	Suspicious  State = "suspicious"
	Stopped     State = "stopped"
	Reconfirmed State = "reconfirmed"
	Reported    State = "reported"
	Closed      State = "closed"
)

// after lists the states that may follow each.
var after = map[State][]State{
	Open: {Suspicious, Stopped, Reconfirmed, Reported, Closed}, Suspicious: {Stopped, Reconfirmed, Reported, Closed},
	Stopped: {Reconfirmed, Reported, Closed}, Reconfirmed: {Suspicious, Stopped, Closed}, Reported: {Closed, Reconfirmed}, Closed: {Open},
}

// States are all states, in the order in which a case usually takes them.
var States = []State{Open, Suspicious, Stopped, Reconfirmed, Reported, Closed}

// Next returns the states that may follow one.
func Next(s State) []State { return slices.Clone(after[s]) }

// Subject is what a case is about.
type Subject struct {
	Title        string `json:"title"`
	Organization string `json:"organization,omitempty"`
	Channel      string `json:"channel,omitempty"`
	Inquiry      string `json:"inquiry,omitempty"`
	Initiator    string `json:"initiator,omitempty"`
}

// Entry is one thing noted.
type Entry struct {
	Seq  int64     `json:"seq"` // from 0, over all cases
	Case string    `json:"case"`
	At   time.Time `json:"at"`
	Kind Kind      `json:"kind"`
	From string    `json:"from,omitempty"` // message: "person" or "window"
	Name string    `json:"name,omitempty"` // attachment: the file's name
	Text string    `json:"text,omitempty"`
	Data []byte    `json:"data,omitempty"` // attachment
	Call *Notes    `json:"call,omitempty"` // call
	Salt []byte    `json:"salt"`           // so that the log's hash tells nothing of a short text
}

// Notes are what a person writes down of a call.
type Notes struct {
	Start      time.Time `json:"start,omitzero"`
	End        time.Time `json:"end,omitzero"`
	Number     string    `json:"number,omitempty"` // as shown
	Company    string    `json:"company,omitempty"`
	Department string    `json:"department,omitempty"`
	Name       string    `json:"name,omitempty"`
}

// Case is a case as its entries tell.
type Case struct {
	ID      string    `json:"id"`
	Subject Subject   `json:"subject"`
	State   State     `json:"state"`
	Opened  time.Time `json:"opened"`
	Last    time.Time `json:"last"`
	Entries int       `json:"entries"`
}
