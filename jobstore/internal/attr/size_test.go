package attr

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestSize(t *testing.T) {
	for _, c := range []struct {
		av   types.AttributeValue
		want int
	}{
		{str("é"), 2},
		{str(""), 0},
		{null, 1},
		{&types.AttributeValueMemberBOOL{}, 1},
		{num("1"), 3},
		{num("-1234"), 5},
		{num(strings.Repeat("9", 38)), 21},
		{num("1" + strings.Repeat("0", 100)), 21},
		{&types.AttributeValueMemberB{Value: []byte{1, 2}}, 2},
		{list(str("ab"), null), 3 + 1 + 2 + 1 + 1},
		{object("ab", str("c")), 3 + 1 + 2 + 1},
		{&types.AttributeValueMemberSS{Value: []string{"a", "bc"}}, 3},
		{&types.AttributeValueMemberNS{Value: []string{"1", "2"}}, 6},
		{&types.AttributeValueMemberBS{Value: [][]byte{{1}, {}}}, 1},
	} {
		if got := Size(c.av); got != c.want {
			t.Errorf("%T %[1]v has %d, want %d", c.av, got, c.want)
		}
	}
	if got := ItemSize(map[string]types.AttributeValue{"id": str("abc"), "n": num("1")}); got != 2+3+1+3 {
		t.Errorf("the item has %d", got)
	}
}
