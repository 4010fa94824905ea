package appsyncstore

import (
	"fmt"
	"slices"

	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// public are the fields that subscribers may get: all but the tokens and the error's
// detail.
func (o *Options) public() []string {
	f := o.Fields
	return slices.DeleteFunc(append(f.all(), o.Select...), func(name string) bool {
		return slices.Contains([]string{f.ClaimToken, f.CreateToken, f.ErrorDetail, f.State}, name)
	})
}

// narrow are the public fields without those of Omit.
func (o *Options) narrow() []string { return slices.DeleteFunc(o.public(), o.omits) }

// omits is true of a field that most mutations do not select. Those that only the answer
// has are not among them.
func (o *Options) omits(name string) bool {
	return slices.Contains(o.Omit, name) && !slices.Contains(o.ReadOnly, name)
}

// checkOmit panics at a field of Omit that subscribers always get, or never.
func (o *Options) checkOmit() {
	f := o.Fields
	for i, name := range o.Omit {
		if !slices.Contains(o.public(), name) || name == f.ID || name == f.Partition || name == f.Status {
			panic(fmt.Sprintf("appsyncstore: New: Options.Omit[%d] is %q, want a field that mutations select, and not one of the ID or the status", i, name))
		}
	}
}

// size is what of a record bounds its output. An output that fits into an event beside the
// other fields also has to fit into the record, beside those that the event omits.
func (o *Options) size(r record) int {
	all := r.size(o.Fields)
	if o.omits(o.Fields.Output) {
		return all
	}
	seen := all
	for _, name := range o.Omit {
		if o.omits(name) && r.has(name) {
			seen -= len(name) + rawSize(r[name])
		}
	}
	return max(seen, all-(driver.MaxItemBytes-o.MaxEventBytes))
}

// most is what size, with the output, may be.
func (o *Options) most() int {
	if o.omits(o.Fields.Output) {
		return driver.MaxItemBytes
	}
	return o.MaxEventBytes
}
