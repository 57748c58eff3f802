package curate

import "fmt"

// Bounds of a YAML file that somebody hands over. The parser would take any: a few
// kilobytes of brackets or of aliases cost it gigabytes.
const (
	MaxYAML  = 256 << 10 // bytes
	maxDepth = 32        // brackets within brackets, columns of indentation over two
)

// YAMLError tells what of a file is beyond the bounds.
type YAMLError struct {
	Line int
	What string
}

func (e *YAMLError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.What) }

// Bounded returns a YAMLError for a file that no person writes: too large, nested
// too deep, or with anchors and aliases, which our files do not use.
func Bounded(b []byte) error {
	if len(b) > MaxYAML {
		return &YAMLError{1, fmt.Sprintf("the file is larger than %d bytes", MaxYAML)}
	}
	line, depth, indent := 1, 0, 0
	begun := false   // something stands in the line already
	token := true    // a value may begin here
	quote := byte(0) // within it
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c == '\n' {
			line++
			begun, token, indent = false, true, 0
			continue
		}
		if quote != 0 {
			switch {
			case c == '\\' && quote == '"':
				i++
			case c == quote:
				quote = 0
			}
			continue
		}
		switch c {
		case ' ', '\t', '\r':
			if !begun {
				if indent++; indent > 4*maxDepth {
					return &YAMLError{line, "it is indented too deep"}
				}
			}
			continue
		case '#':
			if i == 0 || b[i-1] == ' ' || b[i-1] == '\n' || b[i-1] == '\t' {
				for i+1 < len(b) && b[i+1] != '\n' {
					i++
				}
				continue
			}
		case '"', '\'':
			if token {
				quote = c
			}
		case '[', '{':
			if token {
				if depth++; depth > maxDepth {
					return &YAMLError{line, "brackets are nested too deep"}
				}
				begun = true
				continue
			}
		case ']', '}':
			depth = max(0, depth-1)
		case '-', '?':
			if token && i+1 < len(b) && b[i+1] == ' ' {
				if indent += 2; indent > 4*maxDepth {
					return &YAMLError{line, "lists are nested too deep"}
				}
			}
		case '&', '*':
			if token && i+1 < len(b) && b[i+1] > ' ' {
				return &YAMLError{line, "anchors and aliases (& and *) are not used here: write the value out, or put it into quotes"}
			}
		}
		begun = true
		// Behind these a value may begin; - only at the beginning of one.
		token = c == ':' || c == ',' || (c == '-' || c == '?') && token
	}
	return nil
}
