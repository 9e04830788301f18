/* retry-private.h says what this is and why it goes this way. */

#include <string.h>

#include "aws/retry-private.h"

#define SECOND_US 1000000.0
/* Slowest: one call in two seconds, as the SDKs. */
#define RATE_MIN 0.5
/* Past this, pacing is no use: 64 connections do not go faster anywhere. */
#define RATE_MAX 4096.0
/* Where learning starts when nothing is known. */
#define RATE_START 64.0
/* Answers that one rate is judged by while learning. */
#define LEARN_ANSWERS 8
/* Where PACED begins: what 8 answers measure is good to a fifth or so. */
#define LEARN_UNDER 0.95
/*
 * Growth by one success, how many calls pass until it doubles (the limit is far
 * away then), and how much a round trip may bring at most, for what is under way was
 * not judged yet: until the limit is met for the first time, and later.
 */
struct growth {
	double by;
	unsigned doubles;
	double trip;
};
static const struct growth seek = {0.02, 15, 0.10};
static const struct growth try_again = {0.004, 60, 0.02};
/* How far below the rate that was too much: twice as far each time when cuts follow each other
 * within this many calls, for then it was far too much. */
#define PACED_CUT 0.04
#define PACED_CUT_CALLS 10
/* Calls between two tries, for each throttled answer that a try cost. */
#define PACED_PERIOD 60
#define PACED_PERIOD_MAX 2000
/* How often two calls are sent together to tell chance from limit. */
#define DOUBT_TRIES 2
/* Turns that came late may be caught up with, so many seconds' worth: sleeping is not exact. */
#define CATCH_UP_US 20000.0

void pacer_init(struct pacer *p, double quota)
{
	memset(p, 0, sizeof(*p));
	p->ceiling = quota;
	p->rate = quota;
	p->mode = quota > 0 ? PACER_PACED : PACER_FREE;
}

static void set_rate(struct pacer *p, double rate)
{
	if (rate < RATE_MIN)
		rate = RATE_MIN;
	if (rate > RATE_MAX)
		rate = RATE_MAX;
	if (p->ceiling > 0 && rate > p->ceiling)
		rate = p->ceiling;
	/* The turn that is waited for was spaced by the old rate: it moves with the new one. */
	if (p->rate > 0 && p->next_us > 0) {
		double gap = SECOND_US / rate - SECOND_US / p->rate;

		p->next_us += (int64_t)gap;
	}
	p->rate = rate;
}

int64_t pacer_next_us(const struct pacer *p, int64_t now_us)
{
	if (p->mode == PACER_FREE || p->next_us < now_us)
		return now_us;
	return p->next_us;
}

/* The second of the two goes with the first; the limit, if it is one, refuses it. */
static void send_doubtful(struct pacer *p, int64_t now_us, struct turn *turn)
{
	struct pacer_doubt *d = &p->doubt;
	double gap = SECOND_US / p->rate;

	turn->doubt = d->pair;
	if (--d->to_send == 1) {
		d->first_us = now_us;
		return;
	}
	p->next_us += (int64_t)gap;
	/* Too late: the server may have got another token since. That is no answer. */
	if ((double)(now_us - d->first_us) > gap / 4)
		d->pair = 0;
}

void pacer_sent(struct pacer *p, int64_t now_us, struct turn *turn)
{
	turn->sent_us = now_us;
	turn->rate = p->rate;
	turn->bound = false;
	turn->doubt = 0;
	if (p->mode == PACER_FREE)
		return;
	turn->bound = (double)(now_us - p->next_us) < CATCH_UP_US + SECOND_US / p->rate;
	if (p->sent++ == 0)
		p->first_us = now_us;
	if ((double)p->next_us < (double)now_us - CATCH_UP_US)
		p->next_us = now_us - (int64_t)CATCH_UP_US;
	if (p->doubt.to_send > 0)
		send_doubtful(p, now_us, turn);
	else
		p->next_us += (int64_t)(SECOND_US / p->rate);
}

static void remember(struct pacer *p, bool throttled)
{
	p->history = p->history << 1 | (throttled ? 1 : 0);
	if (p->answers < 64)
		p->answers++;
}

/*
 * Is this a limit? Half of the last 12, or a sixth of the last 64. One call in
 * twenty that is throttled by chance is not: slowing down would not help it.
 */
static bool is_limit(const struct pacer *p)
{
	unsigned recent = (unsigned)__builtin_popcountll(p->history & 0xfff);
	unsigned all = (unsigned)__builtin_popcountll(p->history);

	return recent >= 6 || all >= 11;
}

static void learn(struct pacer *p, double rate, int64_t now_us)
{
	if (p->mode != PACER_LEARNING)
		p->asked_too_much = false;
	p->mode = PACER_LEARNING;
	p->since_us = now_us;
	p->sent = 0;
	p->doubt.pair = p->doubt.to_send = 0;
	p->lead = p->successes = p->throttled = 0;
	p->history = 0;
	p->answers = 0;
	set_rate(p, rate);
}

static void learned(struct pacer *p, double rate, int64_t now_us)
{
	p->mode = PACER_PACED;
	p->since_us = now_us;
	p->touched = false;
	p->quiet = p->period = p->cost = p->streak = 0;
	p->doubt.pair = p->doubt.to_send = 0;
	p->history = 0;
	p->answers = 0;
	set_rate(p, rate);
}

/* How fast calls really went since this rate was set: callers may be slower than it. */
static double rate_sent(const struct pacer *p, int64_t now_us)
{
	double seconds = (double)(now_us - p->first_us) / SECOND_US;
	double rate = seconds > 0 ? p->sent / seconds : p->rate;

	return rate < p->rate ? rate : p->rate;
}

/*
 * What do the answers at this rate say? Before the first throttled answer
 * successes may be the server's savings: only what comes after it is counted.
 */
static void judge(struct pacer *p, bool success, int64_t now_us)
{
	double rate = rate_sent(p, now_us);

	if (p->throttled == 0) {
		p->throttled = success ? 0 : 1;
		p->lead += success ? 1 : 0;
		if (p->lead < LEARN_ANSWERS)
			return;
		if (rate >= p->rate / 2 && p->rate < RATE_MAX)
			learn(p, p->rate * 2, now_us);
		else if (p->asked_too_much)
			learn(p, p->rate, now_us);
		else
			p->mode = PACER_FREE; /* callers do not come that fast */
		return;
	}
	p->asked_too_much = true;
	if (success)
		p->successes++;
	else
		p->throttled++;
	if (p->successes + p->throttled <= LEARN_ANSWERS)
		return;
	if (p->successes == 0)
		learn(p, rate / 4, now_us);
	else if (p->successes <= LEARN_ANSWERS / 4)
		learn(p, rate / 2, now_us);
	else if (p->successes >= LEARN_ANSWERS - 1)
		learn(p, rate * 2, now_us);
	else
		learned(p, LEARN_UNDER * rate * p->successes / LEARN_ANSWERS, now_us);
}

static void grow(struct pacer *p, const struct turn *turn, int64_t now_us)
{
	const struct growth *g = p->touched ? &try_again : &seek;
	double under_way = p->rate * (double)(now_us - turn->sent_us) / SECOND_US;
	double most = g->trip / (under_way > 1 ? under_way : 1);
	unsigned faster;
	double by;

	/* Who does not use the rate there is does not get to know whether there is more. */
	if (!turn->bound || p->quiet++ < p->period)
		return;
	faster = (p->quiet - p->period) / g->doubles;
	by = g->by * (double)(1U << (faster < 5 ? faster : 5));
	set_rate(p, p->rate * (1 + (by < most ? by : most)));
	if (p->rate >= RATE_MAX && p->ceiling <= 0)
		p->mode = PACER_FREE;
}

/* Both of the two passed: the rate was not too much, and the try cost nothing. */
static void by_chance(struct pacer *p)
{
	p->doubt.pair = 0;
	p->cost -= p->cost < p->doubt.tries ? p->cost : p->doubt.tries;
	p->period = p->cost * PACED_PERIOD;
}

void pacer_success(struct pacer *p, const struct turn *turn, int64_t now_us)
{
	if (turn->sent_us < p->since_us)
		return;
	remember(p, false);
	if (p->mode == PACER_LEARNING) {
		judge(p, true, now_us);
	} else if (p->mode == PACER_PACED) {
		grow(p, turn, now_us);
		if (turn->doubt && turn->doubt == p->doubt.pair && --p->doubt.to_answer == 0)
			by_chance(p);
	}
}

/* A try cost one more call: wait longer until the next. */
static void charge(struct pacer *p)
{
	p->cost++;
	p->period = p->cost * PACED_PERIOD;
	if (p->period > PACED_PERIOD_MAX)
		p->period = PACED_PERIOD_MAX;
}

/* The limit was met at this rate. */
static void slow_down(struct pacer *p, double rate, int64_t now_us)
{
	if (p->touched && p->quiet < PACED_CUT_CALLS)
		p->streak += p->streak < 2 ? 1 : 0;
	else
		p->streak = 0;
	p->touched = true;
	p->quiet = 0;
	p->since_us = now_us;
	p->doubt.pair = p->doubt.to_send = 0;
	set_rate(p, rate * (1 - PACED_CUT * (double)(1U << p->streak)));
}

static void send_pair(struct pacer_doubt *d)
{
	d->pair = ++d->pairs;
	d->tries++;
	d->to_send = d->to_answer = 2;
}

static void doubt(struct pacer *p, const struct turn *turn, int64_t now_us)
{
	struct pacer_doubt *d = &p->doubt;
	double rate = turn->rate < p->rate ? turn->rate : p->rate;

	if (p->quiet >= p->period)
		p->cost = 0; /* of a new try */
	charge(p);
	if (is_limit(p)) {
		/* Far too fast, suddenly: somebody else uses the same quota. */
		learn(p, p->rate / 2, now_us);
	} else if (!d->pair && !turn->doubt) {
		d->tries = 0;
		d->rate = rate;
		send_pair(d);
	} else if (turn->doubt && turn->doubt != d->pair) {
		return; /* the other one of a pair that was judged */
	} else if (turn->doubt && d->tries < DOUBT_TRIES) {
		send_pair(d);
	} else {
		slow_down(p, d->rate, now_us);
	}
}

void pacer_throttled(struct pacer *p, const struct turn *turn, int64_t now_us)
{
	if (turn->sent_us < p->since_us) {
		if (p->mode == PACER_PACED && p->touched)
			charge(p);
		return;
	}
	remember(p, true);
	if (p->mode == PACER_LEARNING) {
		judge(p, false, now_us);
	} else if (p->mode == PACER_PACED) {
		doubt(p, turn, now_us);
	} else if (is_limit(p)) {
		p->next_us = now_us;
		p->rate = 0;
		learn(p, RATE_START, now_us);
	}
}
