package webhook

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// symmetric is a shared secret. Its signatures are HMAC-SHA256.
type symmetric struct{ keys []*key }

// minSymmetric is the specification's minimum number of bytes of a shared secret. Its
// maximum of 64 is not checked: it protects from nothing, and some senders let users
// choose longer secrets.
const minSymmetric = 24

func parseSymmetric(encoded string, weak bool) (standardKey, error) {
	secret, err := base64.StdEncoding.DecodeString(encoded)
	switch {
	case err != nil:
		return nil, errors.New("is not base64 after whsec_")
	case len(secret) < minSymmetric && !weak, len(secret) == 0:
		return nil, fmt.Errorf("has %d bytes after whsec_, want at least %d", len(secret), minSymmetric)
	case isUniform(string(secret)) && !weak:
		return nil, errUniform
	}
	return symmetric{keys: []*key{newKey(secret, sha256.New)}}, nil
}

func (k symmetric) matches(what signed, signatures string) bool {
	var room [maxSignatures]string
	own := room[:0]
	for s := range strings.SplitSeq(signatures, " ") {
		if encoded, ok := strings.CutPrefix(s, "v1,"); ok {
			own = append(own, encoded)
		}
	}
	return len(own) > 0 && matches(k.keys, Base64, standardContent, what, own...)
}

func (k symmetric) sign(what signed) (string, error) {
	return string(k.keys[0].append([]byte("v1,"), Base64, standardContent, what)), nil
}

// asymmetric is a key pair or its public half. Its signatures are Ed25519.
type asymmetric struct {
	public ed25519.PublicKey

	// signature signs. It is nil for a public key, and a function because package fmt
	// would print a private key.
	signature func(message []byte) []byte
}

func parsePublic(encoded string) (standardKey, error) {
	k, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(k) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("is not base64 of %d bytes after whpk_", ed25519.PublicKeySize)
	}
	if err := checkPoint(k); err != nil {
		return nil, err
	}
	return asymmetric{public: k}, nil
}

// parsePrivate takes a seed, optionally followed by the public key.
func parsePrivate(encoded string, weak bool) (standardKey, error) {
	k, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(k) != ed25519.SeedSize && len(k) != ed25519.PrivateKeySize {
		return nil, fmt.Errorf("is not base64 of %d or %d bytes after whsk_", ed25519.SeedSize, ed25519.PrivateKeySize)
	}
	if isUniform(string(k[:ed25519.SeedSize])) && !weak {
		return nil, errUniform
	}
	private := ed25519.NewKeyFromSeed(k[:ed25519.SeedSize])
	if !bytes.HasPrefix(private, k) {
		return nil, errors.New("has a seed and a public key that do not belong together")
	}
	return asymmetric{
		public:    private.Public().(ed25519.PublicKey),
		signature: func(message []byte) []byte { return ed25519.Sign(private, message) },
	}, nil
}

const asymmetricPrefix = "v1a,"

// strictBase64 never decodes two texts of length encodedSignature into the same
// signature. It would ignore line feeds, but a text with one is too short then.
var (
	strictBase64     = base64.StdEncoding.Strict()
	encodedSignature = strictBase64.EncodedLen(ed25519.SignatureSize)
)

func (k asymmetric) matches(what signed, signatures string) bool {
	var signature []byte
	for s := range strings.SplitSeq(signatures, " ") {
		encoded, ok := strings.CutPrefix(s, asymmetricPrefix)
		if !ok || len(encoded) != encodedSignature {
			continue
		}
		var err error
		signature, err = strictBase64.AppendDecode(signature[:0], []byte(encoded))
		if err != nil {
			continue
		}
		if ed25519.Verify(k.public, what.whole, signature) {
			return true
		}
	}
	return false
}

func (k asymmetric) sign(what signed) (string, error) {
	if k.signature == nil {
		return "", errors.New("webhook: Sign: a public key (whpk_) cannot sign")
	}
	return asymmetricPrefix + base64.StdEncoding.EncodeToString(k.signature(standardContent.message(what))), nil
}
