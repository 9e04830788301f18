#ifndef ROOTOUT_BASE_LIMITS_H
#define ROOTOUT_BASE_LIMITS_H

/*
 * Every ceiling of the program, each with its reason. A reader that meets one
 * answers ERR_LIMIT and names it; none of them is a tuning knob.
 */

#define KIB(n) ((size_t)(n) << 10)
#define MIB(n) ((size_t)(n) << 20)

/* Deepest nesting of JSON, YAML and XML. AWS's own inputs stay under 20; stacks are 256 KiB. */
#define LIMIT_DEPTH 64
/* Nodes of one parsed document. 2 M nodes are about 200 MB; the largest legal answer has 100 k. */
#define LIMIT_NODES 2000000
/* One YAML file a person wrote; libyaml keeps about 15 bytes for each. */
#define LIMIT_YAML_BYTES MIB(10)
/* Nodes that aliases may expand to in one YAML file (anchor bombs). */
#define LIMIT_YAML_ALIAS_NODES 100000
/* The body of one AWS answer; the largest of the three services is a 4 MB credential report page. */
#define LIMIT_RESPONSE_BYTES MIB(32)
/* The body of one request to the sandbox; AWS refuses past 1 MB for query and json services. */
#define LIMIT_REQUEST_BYTES MIB(1)
/* Header lines of one HTTP message. */
#define LIMIT_HEADERS 100
/* One configuration or credentials file of the AWS CLI: 10,000 profiles, as of a sandbox of that
 * many accounts, are 1.5 MB. */
#define LIMIT_CONFIG_BYTES MIB(8)
/* What a credential_process may print. */
#define LIMIT_PROCESS_OUTPUT KIB(64)
/* Connections (and worker threads) at once; 64 answers a 500-account audit at the latency's limit. */
#define LIMIT_CONNECTIONS 64
/* One policy document that we parse; AWS's own largest is 20,480 (resource policies). */
#define LIMIT_POLICY_BYTES MIB(10)
/* Pages of one listing: 10,000 accounts are 500 pages; a token that never ends is a fault. */
#define LIMIT_PAGES 10000
/* One log line, one message to a person. */
#define LIMIT_MESSAGE KIB(16)
/* What a report, a table or a JSON answer of ours may become. */
#define LIMIT_OUTPUT MIB(256)

#endif
