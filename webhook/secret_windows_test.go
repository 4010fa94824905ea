package webhook_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/asyncpatterns/asyncpatterns/webhook"
	"github.com/asyncpatterns/asyncpatterns/webhook/webhooktest"
)

// TestSecretsOfFilesAreRefused: what a file has around or instead of a secret that its
// user chose.
func TestSecretsOfFilesAreRefused(t *testing.T) {
	const secret = webhooktest.HMACSecret
	units := utf16.Encode([]rune(secret))
	little, _ := binary.Append(nil, binary.LittleEndian, units)
	big, _ := binary.Append(nil, binary.BigEndian, units)
	for what, s := range map[string]string{
		"UTF-16": string(little), "UTF-16 with a mark": "\xff\xfe" + string(little), "big-endian UTF-16": "\xfe\xff" + string(big),
		"an assignment of a shell": "export SECRET=" + secret,
	} {
		_, err := webhook.NewHMAC(s, webhook.Scheme{Provider: "test", Signature: "X-Signature"})
		if err == nil {
			t.Errorf("%s is accepted", what)
		} else if strings.Contains(err.Error(), secret) {
			t.Errorf("%s: the error shows the secret", what)
		}
	}
}
