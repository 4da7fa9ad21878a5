// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <QByteArray>
#include <QTest>

#include <string>

namespace medic::fakes {

inline QByteArray describe(const Error& error)
{
    return QByteArray::fromStdString(std::string(errorName(error.code)) + " | " + error.where + " | " + error.detail);
}

} // namespace medic::fakes

/// The result holds a value; else the test fails and says the error.
#define VERIFY_OK(result) \
    do { \
        const auto& verified = (result); \
        QVERIFY2(verified.has_value(), verified ? "" : medic::fakes::describe(verified.error()).constData()); \
    } while (false)
/// The result is this error and no other.
#define COMPARE_CODE(result, expected) \
    do { \
        const auto& compared = (result); \
        QVERIFY2(!compared.has_value(), "succeeded"); \
        QVERIFY2(compared.error().code == (expected), medic::fakes::describe(compared.error()).constData()); \
    } while (false)
