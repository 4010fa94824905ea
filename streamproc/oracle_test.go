package streamproc_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// verdict is what the oracle makes of an image.
type verdict int

const (
	wellFormed verdict = iota
	malformed          // JSON, but no attribute values
	undefined          // no JSON, or names that are equal but for their case
)

// oracle reads an image by way of encoding/json's tokens, and is stricter than
// aws-lambda-go's events.
func oracle(text []byte) (map[string]types.AttributeValue, verdict) {
	tree, ok := parseTree(text)
	if !ok {
		return nil, undefined
	}
	members, isObject := tree.(map[string]any)
	if !isObject {
		return nil, malformed
	}
	image, ok := treeImage(members)
	if !ok {
		return nil, malformed
	}
	return image, wellFormed
}

// parseTree is like json.Unmarshal, but refuses names that are equal but for their
// case, since attributevalue takes either.
func parseTree(text []byte) (any, bool) {
	if !json.Valid(text) {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	tree, ok := treeOf(d)
	_, err := d.Token()
	return tree, ok && errors.Is(err, io.EOF)
}

func treeOf(d *json.Decoder) (any, bool) {
	token, err := d.Token()
	if err != nil {
		return nil, false
	}
	switch token {
	case json.Delim('{'):
		return treeObject(d)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, ok := treeOf(d)
			if !ok {
				return nil, false
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err == nil
	}
	return token, true
}

func treeObject(d *json.Decoder) (any, bool) {
	object := map[string]any{}
	for d.More() {
		token, err := d.Token()
		name, isString := token.(string)
		if err != nil || !isString {
			return nil, false
		}
		for other := range object {
			if strings.EqualFold(other, name) {
				return nil, false
			}
		}
		v, ok := treeOf(d)
		if !ok {
			return nil, false
		}
		object[name] = v
	}
	_, err := d.Token()
	return object, err == nil
}

func treeImage(members map[string]any) (map[string]types.AttributeValue, bool) {
	image := map[string]types.AttributeValue{}
	for name, v := range members {
		value, ok := treeValue(v)
		if !ok {
			return nil, false
		}
		image[name] = value
	}
	return image, true
}

func treeValue(v any) (types.AttributeValue, bool) {
	tagged, ok := v.(map[string]any)
	if !ok || len(tagged) != 1 {
		return nil, false
	}
	for tag, v := range tagged {
		switch v := v.(type) {
		case string:
			return treeString(tag, v)
		case bool:
			if tag == "BOOL" {
				return &types.AttributeValueMemberBOOL{Value: v}, true
			}
			return &types.AttributeValueMemberNULL{Value: v}, tag == "NULL"
		case []any:
			return treeList(tag, v)
		case map[string]any:
			image, ok := treeImage(v)
			return &types.AttributeValueMemberM{Value: image}, ok && tag == "M"
		}
	}
	return nil, false
}

func treeString(tag, s string) (types.AttributeValue, bool) {
	switch tag {
	case "S":
		return &types.AttributeValueMemberS{Value: s}, true
	case "N":
		return &types.AttributeValueMemberN{Value: s}, true
	}
	b, err := base64.StdEncoding.DecodeString(s)
	return &types.AttributeValueMemberB{Value: b}, tag == "B" && err == nil
}

func treeList(tag string, list []any) (types.AttributeValue, bool) {
	if tag == "L" {
		values := []types.AttributeValue{}
		for _, v := range list {
			value, ok := treeValue(v)
			if !ok {
				return nil, false
			}
			values = append(values, value)
		}
		return &types.AttributeValueMemberL{Value: values}, true
	}
	texts, binaries := []string{}, [][]byte{}
	for _, v := range list {
		s, ok := v.(string)
		if !ok {
			return nil, false
		}
		b, err := base64.StdEncoding.DecodeString(s)
		if tag == "BS" && err != nil {
			return nil, false
		}
		texts, binaries = append(texts, s), append(binaries, b)
	}
	switch tag {
	case "SS":
		return &types.AttributeValueMemberSS{Value: texts}, true
	case "NS":
		return &types.AttributeValueMemberNS{Value: texts}, true
	}
	return &types.AttributeValueMemberBS{Value: binaries}, tag == "BS"
}

// failures is a slog.Handler that keeps the errors of the records that failed.
type failures struct {
	slog.Handler
	mu   sync.Mutex
	errs []error
}

func (f *failures) Enabled(context.Context, slog.Level) bool { return true }

func (f *failures) Handle(_ context.Context, r slog.Record) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	r.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok {
			f.errs = append(f.errs, err)
		}
		return true
	})
	return nil
}

// last returns the error of the record that failed last, if any.
func (f *failures) last() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.errs) == 0 {
		return nil
	}
	return f.errs[len(f.errs)-1]
}
