#include "base/clock.h"

#include <errno.h>
#include <time.h>

static int64_t read_us(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) != 0)
		BUG("clock_gettime failed with errno %d", errno);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t clock_now_ms(const struct clock *c)
{
	if (c && atomic_load(&c->fixed))
		return atomic_load(&c->fixed_ms);
	return read_us(CLOCK_REALTIME) / 1000 + (c ? atomic_load(&c->offset_ms) : 0);
}

void clock_set_ms(struct clock *c, int64_t now_ms)
{
	/* In this order: who sees `fixed` sees the time, too. */
	atomic_store(&c->fixed_ms, now_ms);
	atomic_store(&c->fixed, true);
}

void clock_advance_ms(struct clock *c, int64_t by_ms)
{
	atomic_fetch_add(atomic_load(&c->fixed) ? &c->fixed_ms : &c->offset_ms, by_ms);
}

int64_t clock_mono_ms(void)
{
	return clock_mono_us() / 1000;
}

int64_t clock_mono_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

void clock_sleep_ms(struct clock *c, int64_t ms)
{
	struct timespec until;

	if (ms <= 0)
		return;
	if (c && atomic_load(&c->fixed)) {
		clock_advance_ms(c, ms);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(ms / 1000);
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	/* An absolute end: a signal does not make the sleep longer. */
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}
