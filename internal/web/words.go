package web

import "github.com/madoguchi/madoguchi/internal/knowledge"

// words are the page's fixed words. Sentences of advice are records of
// data/advice; the words of a verdict are package report's.
var words = knowledge.SentencesOf("page")

// channelNames and stateNames name the ids of forms.
var channelNames = knowledge.SentencesOf("channels")

var stateNames = knowledge.SentencesOf("states")
