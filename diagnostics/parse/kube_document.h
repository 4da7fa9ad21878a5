// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "diagnostics/model/error.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// Reading JSON that may be anything: what is absent or of another type comes out empty. For kube_objects*.cpp only.
namespace medic::kube::document {

using Json = nlohmann::json;

[[nodiscard]] const Json& at(const Json& object, const char* key); ///< a null value when there is none
[[nodiscard]] std::string text(const Json& object, const char* key);
[[nodiscard]] bool flag(const Json& object, const char* key, bool otherwise);
[[nodiscard]] int number(const Json& object, const char* key); ///< 0 when absent or outside of int
[[nodiscard]] std::uint16_t port(const Json& object, const char* key); ///< 0 when absent or not a port
[[nodiscard]] std::vector<std::string> texts(const Json& object, const char* key);
[[nodiscard]] std::map<std::string, std::string> textMap(const Json& object, const char* key);
/// Calls `visit` for each object in the array; what is no object is passed over.
void each(const Json& object, const char* key, const std::function<void(const Json&)>& visit);

/// Text → document without the managedFields of its objects (often half of a list). Error: where it is not JSON.
[[nodiscard]] Result<Json> read(std::string_view json, std::string_view name);

/// Calls `visit` with each object of one of the kinds, in order.
[[nodiscard]] Result<void> eachObject(std::string_view json, std::string_view name, const std::vector<std::string_view>& kinds,
                                      const std::function<void(const Json& object, std::string_view kind)>& visit);

} // namespace medic::kube::document
