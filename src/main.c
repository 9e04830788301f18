/* rootout: run an AWS organization that has no root users. */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/secret.h"
#include "cmd/cmd.h"

/*
 * A file opened while standard output is closed would get its number, and the
 * results would be written into it: into the store, say. Opened the wrong way
 * round, every use of a closed one stays the error that it is.
 */
static void fill_closed_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
	}
}

int main(int argc, char **argv)
{
	fill_closed_streams();
	secret_harden_process();
	return commands_main(argc, argv);
}
