#ifndef ROOTOUT_AWS_API_H
#define ROOTOUT_AWS_API_H

/*
 * What AWS's APIs are, as tables.
 *
 * src/aws/api/NAME.api says it for people (one line a fact; src/aws/api/README
 * gives the format); tools/api-tables.py turns those files into constant tables
 * at build time. Client and sandbox encode, decode and validate by the same
 * tables. Everything here is read-only and lives as long as the program.
 */

#include "base/str.h"

enum api_protocol { API_QUERY, API_JSON, API_REST_JSON, API_REST_XML };

enum api_type {
	API_STRUCTURE,
	API_LIST,
	API_MAP,
	API_STRING,
	API_INTEGER, /* 32 bits */
	API_LONG,    /* 64 bits */
	API_FLOAT,   /* float and double */
	API_BOOLEAN,
	API_BLOB,
	API_TIMESTAMP,
};

enum api_time { API_TIME_DEFAULT, API_TIME_ISO8601, API_TIME_UNIX, API_TIME_RFC822 };

/* Where a member travels. All but BODY only in the rest protocols. */
enum api_location {
	API_BODY,
	API_URI,
	API_QUERYSTRING,
	API_HEADER,
	API_HEADERS, /* a map as headers with a common prefix (wire_name) */
	API_STATUS,
};

struct api_shape;
struct api_pattern; /* a compiled pattern: aws/api-private.h */

struct api_member {
	struct str name;      /* "TargetPrincipal": the member's name in a struct val */
	struct str wire_name; /* its name on the wire; equal to name unless the model says else */
	const struct api_shape *shape;
	uint8_t location; /* enum api_location */
	bool required;
	bool flattened; /* list or map without a wrapper */
	bool payload;   /* rest: this member is the whole body */
	bool attribute; /* rest-xml: an XML attribute */
	bool idempotency_token;
	struct str xml_prefix;    /* rest-xml: declared on this element ("xsi"); STR_NULL: none */
	struct str xml_namespace; /* with the prefix, or the default one; STR_NULL: none */
};

struct api_shape {
	struct str name;
	uint8_t type;        /* enum api_type */
	uint8_t time_format; /* enum api_time */
	bool sensitive;      /* never shown: passwords, secret keys */
	bool flattened;
	bool document;
	/* STRUCTURE: the members. LIST: members[0] is the element. MAP: key and value. */
	const struct api_member *members;
	size_t nmembers;
	/* Constraints; has_min/has_max tell whether they are set. Length for strings, blobs (bytes),
	 * lists and maps; value for numbers. */
	bool has_min, has_max;
	int64_t min, max;
	const char *pattern;               /* as the model has it (Java's dialect); NULL: none */
	const struct api_pattern *program; /* the same, for api_pattern_match */
	const struct str *values;          /* enum; NULL: none */
	size_t nvalues;
	/* Errors only. */
	struct str error_code; /* the code on the wire ("NoSuchEntity"); STR_NULL: not an error */
	int error_status;      /* HTTP status; 0: the protocol's default (400) */
};

struct api_pages {
	struct str input_token; /* "NextToken", "Marker" */
	struct str output_token;
	struct str limit;  /* "MaxResults"; STR_NULL: none */
	struct str result; /* the member with the rows */
	struct str more;   /* "IsTruncated"; STR_NULL: an absent token ends the listing */
};

struct api_op {
	struct str name;
	struct str method;              /* "POST" */
	struct str uri;                 /* "/", "/{Bucket}?policy" */
	int status;                     /* of a success, where it is not 200; else 0 */
	const struct api_shape *input;  /* NULL: none */
	struct str input_root;          /* rest-xml: the root element's name; STR_NULL: none */
	struct str input_namespace;     /* rest-xml: its xmlns */
	const struct api_shape *output; /* NULL: none */
	struct str result_wrapper;      /* query: "AssumeRootResult"; STR_NULL: none */
	const struct api_shape *const *errors;
	size_t nerrors;
	const struct api_pages *pages; /* NULL: not paginated */
	const struct api_service *service;
	bool read_only; /* by its name: Get, List, Describe, Simulate, Generate…: safe to repeat */
};

struct api_service {
	struct str id;     /* "sts": file name, endpoint prefix as rootout uses it */
	struct str sdk_id; /* "Organizations": AWS_ENDPOINT_URL_ORGANIZATIONS, user-agent */
	struct str endpoint_prefix; /* "organizations" */
	struct str signing_name;
	uint8_t protocol;         /* enum api_protocol */
	struct str json_version;  /* "1.1" */
	struct str target_prefix; /* "AWSOrganizationsV20161128" */
	struct str api_version;   /* "2011-06-15" */
	struct str xml_namespace; /* of query answers */
	struct str event_source;  /* "sts.amazonaws.com": CloudTrail's and IAM's name */
	bool global;              /* one endpoint a partition (iam, organizations) */
	const struct api_op *ops; /* sorted by name */
	size_t nops;
};

/* NULL when there is no such service or operation. */
const struct api_service *api_service(struct str id);
const struct api_service *api_service_at(size_t i); /* NULL past the last */
/* By what a signature's scope or the query's Version says. */
const struct api_service *api_service_by_signing_name(struct str name);
const struct api_service *api_service_by_target(struct str x_amz_target, struct str *op);
const struct api_op *api_op(const struct api_service *s, struct str name);
const struct api_member *api_member(const struct api_shape *s, struct str name);

/*
 * The error shape whose code on the wire is `code`, or whose name is: SDKs name
 * the same error by the shape (NoSuchEntityException), the wire by the code
 * (NoSuchEntity). NULL: the model does not list it for this operation.
 */
const struct api_shape *api_error(const struct api_op *op, struct str code);

/* api_op_of("sts", "AssumeRoot"); a name that is not in the tables is a BUG. */
const struct api_op *api_op_of(const char *service, const char *op);

#endif
