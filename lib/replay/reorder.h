/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "util/util.h"

/*
 * Runs a journal through the core in other orders: of disks, of the ends of effects, with events told
 * twice, and lost and then read again.  The final state has to be the same in each, and the actions the
 * same for the same order.  all: every order of up to 6 disks, else 2,000 random ones; otherwise the
 * one that `seed` decides.  -EUCLEAN: a difference, the report shows the first, or every run asked for
 * what is not recorded; -EBADMSG: no journal.
 */
int reorder_journal(const char *journal, bool all, uint64_t seed, GString *report);
