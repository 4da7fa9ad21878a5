// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/view.h"
// The class is all in its header; this file makes moc's output part of the library.
