// Command receiver shows how a registrar's program takes notices: it verifies the
// signature by the Standard Webhooks specification, refuses what is too old, drops
// repeats, and answers fast. It uses nothing but the standard library, so that it
// can be carried over into any program.
//
//	REALNAME_SECRET=whsec_… go run ./examples/receiver -listen :8000
//
// While a secret is rotated, name both: REALNAME_SECRET="whsec_new whsec_old".
package main

import (
	"encoding/json"
	"flag"
	"log"
	"net/http"
	"os"
	"strings"
	"time"
)

func main() {
	listen := flag.String("listen", ":8000", "address to listen on; put TLS in front of it")
	flag.Parse()
	r, err := NewReceiver(strings.Fields(os.Getenv("REALNAME_SECRET")), tell)
	if err != nil {
		log.Fatalf("REALNAME_SECRET: %v", err)
	}
	server := &http.Server{Addr: *listen, Handler: r, ReadTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

// tell is where a registrar's own work begins: put the notice into a queue or a
// table and return. Returning an error makes the notice come again.
func tell(n Notice) error {
	var data struct {
		SubmissionID string `json:"submission_id"`
		SubjectRef   string `json:"subject_ref"`
		Outcome      string `json:"outcome"`
	}
	if err := json.Unmarshal(n.Data, &data); err != nil {
		return err
	}
	log.Printf("%s %s %s %s", n.Type, data.SubjectRef, data.Outcome, data.SubmissionID)
	return nil
}
