#ifndef ROOTOUT_AWS_RETRY_PRIVATE_H
#define ROOTOUT_AWS_RETRY_PRIVATE_H

/*
 * The pacer: how fast one bucket goes, as plain arithmetic on times that it is
 * told (microseconds), so that tests run it against simulated servers.
 * struct bucket (retry-bucket.c) puts a queue of threads in front of it.
 *
 * It knows three ways to go:
 *
 * FREE	     as fast as callers come. Single throttling answers change nothing;
 *	     when half of the last answers are throttled, it starts to learn.
 * LEARNING  asks the server at one rate, looks at the first eight answers, and
 *	     doubles, halves or quarters the rate until some calls pass and some
 *	     do not. A server that is asked for more than its limit lets about its limit
 *	     through, so little of its capacity is lost meanwhile.
 * PACED     begins a little below what was measured and grows by up to 10 % a
 *	     round trip until a call is throttled; then stays 4 % below the rate
 *	     that was too much (more, when that is not enough), and after some
 *	     quiet time grows again, slowly. How long that quiet time is depends
 *	     on what the last try cost, so that tries cost about 2 % of the calls.
 *
 * The SDKs' CUBIC does this by time instead of by count, and cuts by 30 %: at 5
 * calls a second that is either a third of the capacity or every tenth call.
 */

#include "aws/retry.h"

/*
 * Is a throttled call the limit's doing, or one of those that services throttle
 * by chance? A server that refused one for the limit has less than one token
 * left, and less than two at the next turn: so there two calls go together. When
 * both pass, it was chance, and nothing changes. When they do not, it is tried
 * once more, for chance may have had that, too; then it is the limit.
 */
struct pacer_doubt {
	unsigned pair;  /* that is being sent or answered; 0: no doubt */
	unsigned pairs; /* all that there were, to number them */
	unsigned tries; /* that this doubt had */
	unsigned to_send, to_answer;
	int64_t first_us; /* when the first of the two was sent */
	double rate;      /* that is too much, if it is the limit */
};

enum pacer_mode { PACER_FREE, PACER_LEARNING, PACER_PACED };

struct pacer {
	enum pacer_mode mode;
	double rate;      /* a second; not in FREE */
	double ceiling;   /* published quota; 0: none */
	int64_t next_us;  /* when the next call may go */
	int64_t since_us; /* answers to calls sent before are not this mode's */
	uint64_t history; /* the last answers, newest in bit 0; 1: throttled */
	unsigned answers; /* how many of history are set, 64 at most */
	/* LEARNING: answers at this rate */
	unsigned lead, successes, throttled;
	unsigned sent;       /* at this rate */
	int64_t first_us;    /* of them */
	bool asked_too_much; /* at whatever rate */
	/* PACED */
	bool touched;    /* the limit was met since it was learned */
	unsigned quiet;  /* successes since the last throttled answer */
	unsigned period; /* how many until the next try */
	unsigned cost;   /* throttled answers of the last try */
	unsigned streak; /* cuts that followed each other */
	struct pacer_doubt doubt;
};

/* quota: calls a second that are published, 0: none is. */
void pacer_init(struct pacer *p, double quota);
/* When a call may go that comes now; not later than now_us: at once. */
int64_t pacer_next_us(const struct pacer *p, int64_t now_us);
void pacer_sent(struct pacer *p, int64_t now_us, struct turn *turn);
void pacer_success(struct pacer *p, const struct turn *turn, int64_t now_us);
void pacer_throttled(struct pacer *p, const struct turn *turn, int64_t now_us);

/* What is known of quotas (retry-quotas.c). */
struct retry_quota {
	struct str service;
	struct str op;   /* STR_NULL: all operations together */
	double a_second; /* 0: limited apart from the others, the rate is not published */
	const char *reason;
};
const struct retry_quota *retry_quota(struct str service, struct str op);

#endif
