package crosscheck_test

import (
	"bytes"
	"errors"

	"github.com/go-json-experiment/json/jsontext"
)

// tokenReader does with jsontext what streamproc does: it finds where in a record
// the parts are, and decodes those of the pending ones. It is made to be quick: its
// decoders are used again and read the event where it is, they check neither for
// names that come twice nor for UTF-8, and the strings of a record share an
// allocation. It leaves out the time, which streamproc reads.
type tokenReader struct {
	payload []byte
	records *decoder
	images  *decoder
	arena   []byte
}

func newTokenReader() *tokenReader { return &tokenReader{records: newDecoder(), images: newDecoder()} }

// event hands on the pending records.
func (r *tokenReader) event(payload []byte, handle func(change)) error {
	r.payload = payload
	d := r.records
	d.begin(payload)
	for d.open('{'); d.member(); {
		if string(d.name) != `"Records"` {
			d.skip()
			continue
		}
		for d.open('['); d.element(); {
			r.record(handle)
		}
	}
	return d.err
}

// parts are where a record's are.
type parts struct{ name, keys, newImage, oldImage, sequence []byte }

func (r *tokenReader) record(handle func(change)) {
	p, d := parts{}, r.records
	for d.open('{'); d.member(); {
		switch string(d.name) {
		case `"eventName"`:
			p.name = r.span()
		case `"dynamodb"`:
			r.change(&p)
		default:
			d.skip()
		}
	}
	if d.err != nil || string(p.name) != `"INSERT"` || !r.pending(p.newImage) {
		return
	}
	c, err := r.decode(p)
	if d.err = err; err == nil {
		handle(c)
	}
}

func (r *tokenReader) change(p *parts) {
	d := r.records
	for d.open('{'); d.member(); {
		switch string(d.name) {
		case `"Keys"`:
			p.keys = r.span()
		case `"NewImage"`:
			p.newImage = r.span()
		case `"OldImage"`:
			p.oldImage = r.span()
		case `"SequenceNumber"`:
			p.sequence = r.span()
		default:
			d.skip()
		}
	}
}

// span is the next value, which stays valid.
func (r *tokenReader) span() []byte {
	length := len(r.records.value())
	end := int(r.records.InputOffset())
	return r.payload[end-length : end]
}

func (r *tokenReader) pending(image []byte) bool {
	d := r.images
	d.begin(image)
	for d.open('{'); d.member(); {
		if string(d.name) == `"status"` {
			return string(d.text()) == `"pending"`
		}
		d.value()
	}
	return false
}

// attribute is a string that is kept of a record.
type attribute int

const (
	none attribute = iota
	keyID
	sequence
	id
	status
	query
	metadata
	createdAt
	updatedAt
	attributes
)

func attributeOf(name []byte) attribute {
	switch string(name) {
	case `"id"`:
		return id
	case `"status"`:
		return status
	case `"query"`:
		return query
	case `"metadata"`:
		return metadata
	case `"createdAt"`:
		return createdAt
	case `"updatedAt"`:
		return updatedAt
	}
	return none
}

func (r *tokenReader) decode(p parts) (c change, err error) {
	var at [attributes][2]int // in the arena
	r.arena = r.arena[:0]
	keep := func(a attribute, value []byte) {
		from, wrong := len(r.arena), error(nil)
		r.arena, wrong = jsontext.AppendUnquote(r.arena, value)
		err = errors.Join(err, wrong)
		at[a] = [2]int{from, len(r.arena)}
	}
	keep(sequence, p.sequence)
	d := r.images
	d.begin(p.keys)
	for d.open('{'); d.member(); {
		keep(keyID, d.text())
		d.close()
	}
	d.begin(p.newImage)
	for d.open('{'); d.member(); {
		if a := attributeOf(d.name); a != none {
			keep(a, d.text())
			d.close()
		} else {
			d.value()
		}
	}
	all := string(r.arena)
	get := func(a attribute) string { return all[at[a][0]:at[a][1]] }
	job := queryJob{get(id), get(status), get(query), get(metadata), get(createdAt), get(updatedAt)}
	return change{get(keyID), get(sequence), job}, errors.Join(err, d.err)
}

// decoder reads from a slice, without a copy. After an error it reads nothing.
type decoder struct {
	jsontext.Decoder
	source  bytes.Buffer
	options []jsontext.Options
	name    []byte // of the member, as it stands in the JSON, until the next read
	err     error
}

func newDecoder() *decoder {
	return &decoder{options: []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}}
}

func (d *decoder) begin(data []byte) {
	d.source, d.err = *bytes.NewBuffer(data), nil
	d.Reset(&d.source, d.options...)
}

func (d *decoder) open(kind jsontext.Kind) {
	if d.err != nil {
		return
	}
	token, err := d.ReadToken()
	if d.err = err; err == nil && token.Kind() != kind {
		d.err = errors.New("not of the shape of a stream event")
	}
}

// member reads the next name, or the end of the object.
func (d *decoder) member() bool {
	if !d.more('}') {
		return false
	}
	d.name, d.err = d.ReadValue()
	return d.err == nil
}

func (d *decoder) element() bool { return d.more(']') }

func (d *decoder) more(end jsontext.Kind) bool {
	if d.err != nil {
		return false
	}
	if d.PeekKind() != end {
		return true
	}
	_, d.err = d.ReadToken()
	return false
}

func (d *decoder) skip() {
	if d.err == nil {
		d.err = d.SkipValue()
	}
}

func (d *decoder) value() (value []byte) {
	if d.err == nil {
		value, d.err = d.ReadValue()
	}
	return value
}

// text enters an attribute and returns its value when it is a string. The caller
// closes the attribute, which ends the value.
func (d *decoder) text() []byte {
	d.open('{')
	if d.member() && string(d.name) == `"S"` {
		return d.value()
	}
	return nil
}

// close reads the rest of an object.
func (d *decoder) close() {
	for d.member() {
		d.skip()
	}
}
