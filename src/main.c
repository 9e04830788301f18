/* rootout: run an AWS organization that has no root users. */

#include "base/secret.h"
#include "cmd/cmd.h"

int main(int argc, char **argv)
{
	secret_harden_process();
	return commands_main(argc, argv);
}
