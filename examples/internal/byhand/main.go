// Command byhand is examples/slackwebhook without this library, on aws-lambda-go and
// the Lambda client alone. A test compares the size of both binaries. It has no hop
// limit and no retries of its own.
package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	awslambda "github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

type message struct {
	Text    string `json:"text"`
	Channel string `json:"channel"`
	Time    string `json:"ts"`
}

type asyncPayload struct {
	IsAsync    bool    `json:"isAsync"`
	SlackEvent message `json:"slackEvent"`
}

type bot struct {
	secret, claude, slack, token, work, table string
	lambda                                    *lambda.Client
	dynamo                                    *dynamodb.Client
}

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	b := &bot{
		secret: os.Getenv("SLACK_SIGNING_SECRET"), claude: os.Getenv("CLAUDE_URL"), token: os.Getenv("SLACK_BOT_TOKEN"),
		slack: "https://slack.com/api/chat.postMessage", work: os.Getenv("WORK_FUNCTION"), table: os.Getenv("MESSAGES"),
		lambda: lambda.NewFromConfig(cfg), dynamo: dynamodb.NewFromConfig(cfg),
	}
	awslambda.Start(b.handle)
}

func (b *bot) handle(ctx context.Context, event json.RawMessage) (any, error) {
	var async asyncPayload
	if err := json.Unmarshal(event, &async); err == nil && async.IsAsync {
		return nil, b.answer(ctx, async.SlackEvent)
	}
	var r events.LambdaFunctionURLRequest
	if err := json.Unmarshal(event, &r); err != nil {
		return nil, err
	}
	return b.webhook(ctx, r)
}

func (b *bot) webhook(ctx context.Context, r events.LambdaFunctionURLRequest) (events.LambdaFunctionURLResponse, error) {
	body := []byte(r.Body)
	if r.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(r.Body); err != nil {
			return events.LambdaFunctionURLResponse{StatusCode: http.StatusBadRequest}, nil
		}
	}
	if !b.genuine(r.Headers, body) {
		return events.LambdaFunctionURLResponse{StatusCode: http.StatusUnauthorized}, nil
	}
	var call struct {
		Type, Challenge string
		ID              string `json:"event_id"`
		Event           message
	}
	if err := json.Unmarshal(body, &call); err != nil {
		return events.LambdaFunctionURLResponse{StatusCode: http.StatusBadRequest}, nil
	}
	if call.Type == "url_verification" {
		answer, err := json.Marshal(map[string]string{"challenge": call.Challenge})
		return events.LambdaFunctionURLResponse{StatusCode: http.StatusOK, Body: string(answer)}, err
	}
	payload, err := json.Marshal(asyncPayload{true, call.Event})
	if err != nil {
		return events.LambdaFunctionURLResponse{}, err
	}
	if err = b.start(ctx, call.ID, payload); err != nil {
		slog.ErrorContext(ctx, "start", "error", err)
		return events.LambdaFunctionURLResponse{StatusCode: http.StatusInternalServerError}, nil
	}
	return events.LambdaFunctionURLResponse{StatusCode: http.StatusOK}, nil
}

// start records the delivery and invokes the function that answers, unless there is a
// record already.
func (b *bot) start(ctx context.Context, id string, payload []byte) error {
	_, err := b.dynamo.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(b.table), ConditionExpression: aws.String("attribute_not_exists(id)"),
		Item: map[string]dynamodbtypes.AttributeValue{
			"id":        &dynamodbtypes.AttributeValueMemberS{Value: id},
			"expiresAt": &dynamodbtypes.AttributeValueMemberN{Value: strconv.FormatInt(time.Now().AddDate(0, 0, 30).Unix(), 10)},
		},
	})
	var exists *dynamodbtypes.ConditionalCheckFailedException
	if errors.As(err, &exists) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = b.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String(b.work), InvocationType: types.InvocationTypeEvent, Payload: payload})
	return err
}

func (b *bot) genuine(headers map[string]string, body []byte) bool {
	timestamp := headers["x-slack-request-timestamp"]
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > 5*time.Minute {
		return false
	}
	mac := hmac.New(sha256.New, []byte(b.secret))
	fmt.Fprintf(mac, "v0:%s:%s", timestamp, body)
	return hmac.Equal([]byte("v0="+hex.EncodeToString(mac.Sum(nil))), []byte(headers["x-slack-signature"]))
}

func (b *bot) answer(ctx context.Context, m message) error {
	var claude struct {
		Response string `json:"claude_response"`
	}
	if err := b.post(ctx, b.claude, "", map[string]string{"prompt": m.Text}, &claude); err != nil {
		return err
	}
	var posted struct {
		OK    bool
		Error string
	}
	reply := map[string]string{"channel": m.Channel, "thread_ts": m.Time, "text": plain.Replace(claude.Response)}
	if err := b.post(ctx, b.slack, b.token, reply, &posted); err != nil {
		return err
	}
	if !posted.OK {
		return errors.New("slack: " + posted.Error)
	}
	return nil
}

// plain keeps an answer from notifying all of a channel by <!channel>.
var plain = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// client follows no redirect, which would take the token elsewhere.
var client = &http.Client{
	Timeout:       15 * time.Minute,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func (b *bot) post(ctx context.Context, url, token string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	if err != nil || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s: %w", strings.SplitN(url, "?", 2)[0], resp.Status, err)
	}
	return json.Unmarshal(data, out)
}
