package streamproc_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// plainStrings and the types below are what images are decoded into.
type plainStrings struct {
	ID     string `dynamodbav:"id"`
	Status string `dynamodbav:"status"`
	Query  string
}

type everything struct {
	I         int `dynamodbav:"i"`
	I8        int8
	U         uint `dynamodbav:"u"`
	U16       uint16
	F         float64 `dynamodbav:"f"`
	F32       float32
	Bool      bool              `dynamodbav:"t"`
	At        time.Time         `dynamodbav:"at"`
	B         []byte            `dynamodbav:"b"`
	Pointer   *string           `dynamodbav:"p"`
	Nested    plainStrings      `dynamodbav:"m"`
	Deep      *everything       `dynamodbav:"deep"`
	Map       map[string]string `dynamodbav:"map"`
	Strings   []string          `dynamodbav:"ss"`
	List      []plainStrings    `dynamodbav:"l"`
	Array     [2]int            `dynamodbav:"array"`
	Any       any               `dynamodbav:"x"`
	Unix      time.Time         `dynamodbav:"unix,unixtime"`
	Quoted    int               `dynamodbav:"quoted,string"`
	Odd       time.Time         `dynamodbav:"odd,string"`
	Duration  time.Duration     `dynamodbav:"d"`
	Custom    custom            `dynamodbav:"custom"`
	CustomPtr *custom           `dynamodbav:"customPtr"`
	Number    attributevalue.Number
	Ignored   string `dynamodbav:"-"`
	_         string
}

type embedding struct {
	plainStrings
	*Embedded
	I int `dynamodbav:"i"`
}

// Embedded is exported, so that an embedded pointer to it can be set.
type Embedded struct {
	Bool bool   `dynamodbav:"t"`
	ID   string // hidden by none, as "ID" is not "id"
}

type differingCase struct {
	Lower string `dynamodbav:"id"`
	Upper string `dynamodbav:"ID"`
}

// beyondASCII has names that are equal to ASCII ones but for their case.
type beyondASCII struct {
	Kelvin string `dynamodbav:"K"`
	LongS  string `dynamodbav:"ſ"`
	ID     string
}

// custom keeps the type of the attribute value it is made of.
type custom string

func (c *custom) UnmarshalDynamoDBAttributeValue(v types.AttributeValue) error {
	*c = custom(fmt.Sprintf("%T", v))
	if s, ok := v.(*types.AttributeValueMemberS); ok && s.Value == "refuse" {
		return errors.New("refused")
	}
	return nil
}
