package lambdalocal

import (
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
)

// maxChain is how often a function may run in one chain of invocations.
//
// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
const maxChain = 16

// follow adds the invocation to the chain in the caller's trace header, and reports
// false if the chain is too long. The header's Lineage counts the invocations of each
// function. AWS documents neither its exact form nor its exact count.
func (i *invocation) follow(header string) bool {
	if header == "" {
		header = i.trace
	}
	id := fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(i.fn.ARN())))
	var fields, lineage []string
	count := 0
	for field := range strings.SplitSeq(header, ";") {
		list, ok := strings.CutPrefix(field, "Lineage=")
		if !ok {
			fields = append(fields, field)
			continue
		}
		for link := range strings.SplitSeq(list, "|") {
			if n, ok := strings.CutPrefix(link, id+":"); ok {
				count, _ = strconv.Atoi(n)
			} else {
				lineage = append(lineage, link)
			}
		}
	}
	count++
	lineage = append(lineage, id+":"+strconv.Itoa(count))
	i.trace = strings.Join(append(fields, "Lineage="+strings.Join(lineage, "|")), ";")
	return count <= maxChain || i.fn.options.AllowRecursion
}
