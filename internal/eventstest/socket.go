package eventstest

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// socket is the server's end of a WebSocket: text messages in one frame each.
//
// Source: https://www.rfc-editor.org/rfc/rfc6455
type socket struct {
	conn net.Conn
	in   *bufio.Reader
	mu   sync.Mutex // of writes
}

const (
	opText  = 0x1
	opClose = 0x8
	opPing  = 0x9
	opPong  = 0xA
)

// upgrade answers a handshake with the protocol.
func upgrade(w http.ResponseWriter, r *http.Request, protocol string) (*socket, error) {
	key := r.Header.Get("Sec-WebSocket-Key")
	if r.Header.Get("Upgrade") != "websocket" || key == "" {
		return nil, errors.New("no handshake")
	}
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, err
	}
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	_, err = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "+
		base64.StdEncoding.EncodeToString(sum[:])+"\r\nSec-WebSocket-Protocol: "+protocol+"\r\n\r\n")
	return &socket{conn: conn, in: buffered.Reader}, err
}

// read returns the next text, and an error when the client has gone.
func (s *socket) read() ([]byte, error) {
	for {
		var head [2]byte
		if _, err := io.ReadFull(s.in, head[:]); err != nil {
			return nil, err
		}
		payload, err := s.payload(head[1])
		if err != nil {
			return nil, err
		}
		switch head[0] {
		case 0x80 | opText:
			return payload, nil
		case 0x80 | opPing:
			err = s.write(opPong, payload)
		case 0x80 | opPong:
		case 0x80 | opClose:
			_ = s.write(opClose, payload)
			return nil, io.EOF
		default:
			err = errors.New("a frame that is not supported")
		}
		if err != nil {
			return nil, err
		}
	}
}

const maxMessage = 1 << 20

// payload reads the rest of a client's frame, which is masked.
func (s *socket) payload(second byte) ([]byte, error) {
	size := uint64(second & 0x7F)
	var err error
	switch size {
	case 126:
		var n uint16
		err = binary.Read(s.in, binary.BigEndian, &n)
		size = uint64(n)
	case 127:
		err = binary.Read(s.in, binary.BigEndian, &size)
	}
	if err != nil || second&0x80 == 0 || size > maxMessage {
		return nil, errors.Join(err, errors.New("a frame that is not masked, or too large"))
	}
	frame := make([]byte, 4+size)
	if _, err := io.ReadFull(s.in, frame); err != nil {
		return nil, err
	}
	mask, payload := frame[:4], frame[4:]
	for i := range payload {
		payload[i] ^= mask[i%4]
	}
	return payload, nil
}

func (s *socket) write(op byte, payload []byte) error {
	frame := []byte{0x80 | op}
	switch n := len(payload); {
	case n < 126:
		frame = append(frame, byte(n))
	case n < 1<<16:
		frame = binary.BigEndian.AppendUint16(append(frame, 126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 127), uint64(n))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.conn.SetWriteDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	_, err := s.conn.Write(append(frame, payload...))
	return err
}
