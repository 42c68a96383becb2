package languages

import "github.com/customergate/customergate/validation"

// Message is what an answer says to people.
type Message struct {
	// Key is that of a sentence of the tables; empty for what is said in English alone.
	Key string
	// Params are what stands in it.
	Params validation.Params
	// Text is the whole message, in English unless a tongue has said it.
	Text string
}

// Say makes a message of a sentence of the gate's own. A key that there is not is a
// message of the key alone.
func Say(key string, params ...validation.Param) Message {
	m := Message{Key: key, Params: params, Text: key}
	if s, known := sentences()[key]; known {
		m.Text = s.Say(params)
	}
	return m
}

// Plain is a message that is said in English alone: nobody is answered with it, or
// developers are.
func Plain(english string) Message { return Message{Text: english} }

// Wrong is the message of a violation, or of what is wrong with a header.
func Wrong(code validation.Code, params ...validation.Param) Message {
	return Say(validation.Params(params).Key(string(code)), params...)
}

// Of is the message of what was said in English before.
func Of(code validation.Code, params validation.Params, english string) Message {
	return Message{Key: params.Key(string(code)), Params: params, Text: english}
}
