// SPDX-License-Identifier: GPL-3.0-or-later
#include "diagnostics/parse/json_error.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace medic::parse {

namespace {

using Json = nlohmann::json;

/// Takes every event and keeps none.
struct Listener final : nlohmann::json_sax<Json> {
    std::size_t position = 0;

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return true; }
    bool key(string_t&) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t at, const std::string&, const Json::exception&) override
    {
        position = at;
        return false;
    }
};

} // namespace

int jsonErrorLine(std::string_view text)
{
    Listener listener;
    if (Json::sax_parse(text.begin(), text.end(), &listener))
        return 0;
    // The position is one behind what was read last; the end of the text counts as its last line.
    auto read = text.substr(0, std::min(listener.position > 0 ? listener.position - 1 : 0, text.size()));
    if (read.size() == text.size())
        while (read.ends_with('\n') || read.ends_with('\r'))
            read.remove_suffix(1);
    return 1 + static_cast<int>(std::count(read.begin(), read.end(), '\n'));
}

} // namespace medic::parse
