/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <storageactivate-glib.h>

sact *context(void); /* in a world without devices */
void add_tests_people(void);
