/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "util/util.h"

/*
 * Runs a journal through the core again and compares every action.  The report says where they
 * differ and ends with the final state.  -EUCLEAN: they differ; -EBADMSG: no journal.
 */
int replay_journal(const char *journal, GString *report);
