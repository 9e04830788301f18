#ifndef ROOTOUT_POLICY_CATALOGUE_PRIVATE_H
#define ROOTOUT_POLICY_CATALOGUE_PRIVATE_H

/* catalogue/aws.txt in zlib's form; tools/policy-catalogue.py writes the file that has it. */

#include <stddef.h>

extern const unsigned char catalogue_data[];
extern const size_t catalogue_data_n;
extern const size_t catalogue_text_n; /* inflated */

/* The services whose resources RCPs bind: the text's x line, sorted. */
extern const char *const catalogue_rcp[];
extern const size_t catalogue_rcp_n;

#endif
