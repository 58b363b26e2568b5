package devstack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// NodeConfig is one NATS server in a process of its own, alone or in a cluster.
type NodeConfig struct {
	Name, Dir   string
	Port        int
	ClusterPort int      // 0: it stands alone
	Routes      []string // nats://host:port of all nodes
}

// Node is a NATS server in a process of its own, which can be killed.
type Node struct {
	NodeConfig
	URL  string
	proc *process
}

// StartNodes starts n servers that keep their streams under dir and sync every
// write; more than one form a cluster.
func StartNodes(dir string, n int) ([]*Node, error) {
	nodes := make([]*Node, n)
	var routes []string
	for i := range nodes {
		ports, err := freePorts(2)
		if err != nil {
			return nil, err
		}
		c := NodeConfig{Name: fmt.Sprintf("n%d", i+1), Dir: fmt.Sprintf("%s/n%d", dir, i+1), Port: ports[0]}
		if n > 1 {
			c.ClusterPort = ports[1]
			routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", c.ClusterPort))
		}
		nodes[i] = &Node{NodeConfig: c, URL: fmt.Sprintf("nats://127.0.0.1:%d", c.Port)}
	}
	for _, node := range nodes {
		node.Routes = routes
		if err := node.Start(); err != nil {
			return nodes, err
		}
	}
	return nodes, nil
}

func freePorts(n int) ([]int, error) {
	ports := make([]int, n)
	for i := range ports {
		addr, err := freeAddress()
		if err != nil {
			return nil, err
		}
		if _, err := fmt.Sscanf(addr, "127.0.0.1:%d", &ports[i]); err != nil {
			return nil, fmt.Errorf("read port of %s: %w", addr, err)
		}
	}
	return ports, nil
}

// Start starts the node, also again after Kill.
func (n *Node) Start() error {
	spec, err := json.Marshal(childSpec{NATS: &n.NodeConfig})
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find own program: %w", err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childEnv+"="+string(spec))
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if n.proc, err = startProcess(cmd, syscall.SIGKILL); err != nil {
		return err
	}
	return n.proc.awaitReady(out)
}

// Kill ends it as a power cut of its process would.
func (n *Node) Kill() {
	if n.proc != nil {
		n.proc.stop(syscall.SIGKILL)
		n.proc = nil
	}
}

// serveNATS is the child's side: it serves until it is killed.
func serveNATS(ctx context.Context, c NodeConfig) error {
	o := &server.Options{ServerName: c.Name, Host: "127.0.0.1", Port: c.Port, JetStream: true, StoreDir: c.Dir,
		NoSigs: true, NoLog: true, SyncAlways: true}
	if c.ClusterPort > 0 {
		o.Cluster = server.ClusterOpts{Name: "chaos", Host: "127.0.0.1", Port: c.ClusterPort}
		for _, r := range c.Routes {
			u, err := url.Parse(r)
			if err != nil {
				return err
			}
			o.Routes = append(o.Routes, u)
		}
	}
	srv, err := server.NewServer(o)
	if err != nil {
		return fmt.Errorf("make NATS server: %w", err)
	}
	srv.Start()
	if !srv.ReadyForConnections(20 * time.Second) {
		return errors.New("NATS server was not ready within 20 s")
	}
	fmt.Println(readyLine)
	<-ctx.Done()
	srv.Shutdown()
	return nil
}
