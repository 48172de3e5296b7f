// gtest matchers for absl::Status and absl::StatusOr<T>.
//
//   EXPECT_THAT(store.Put(name, model), IsOk());
//   EXPECT_THAT(store.Get(name), IsOkAndHolds(model));
//   EXPECT_THAT(store.Get(other), StatusIs(absl::StatusCode::kNotFound, HasSubstr("no blob")));
//   SINTER_ASSERT_OK_AND_ASSIGN(const Model model, Load(path));
#ifndef SINTER_BASE_STATUS_MATCHERS_H_
#define SINTER_BASE_STATUS_MATCHERS_H_

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

// Like SINTER_ASSIGN_OR_RETURN in the body of a test: fails the test unless OK.
#define SINTER_ASSERT_OK_AND_ASSIGN(lhs, ...)                                              \
  SINTER_ASSERT_OK_AND_ASSIGN_IMPL_(SINTER_STATUS_NAME_(sinter_status_or_, __LINE__), lhs, \
                                    __VA_ARGS__)
#define SINTER_ASSERT_OK_AND_ASSIGN_IMPL_(result, lhs, ...) \
  auto result = (__VA_ARGS__);                              \
  ASSERT_TRUE(result.ok()) << result.status();              \
  lhs = *std::move(result)

namespace sinter::base {
namespace internal {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

class StatusMatcher {
 public:
  StatusMatcher(::testing::Matcher<absl::StatusCode> code, ::testing::Matcher<std::string> message)
      : code_(std::move(code)), message_(std::move(message)) {}

  template <typename StatusLike>
  bool MatchAndExplain(const StatusLike& actual, ::testing::MatchResultListener* listener) const {
    const absl::Status& status = StatusOf(actual);
    *listener << "which is " << status.ToString();
    return code_.Matches(status.code()) && message_.Matches(std::string(status.message()));
  }
  void DescribeTo(std::ostream* os) const {
    *os << "has a status code that ";
    code_.DescribeTo(os);
    *os << " and a message that ";
    message_.DescribeTo(os);
  }
  void DescribeNegationTo(std::ostream* os) const {
    *os << "not (";
    DescribeTo(os);
    *os << ")";
  }

 private:
  const ::testing::Matcher<absl::StatusCode> code_;
  const ::testing::Matcher<std::string> message_;
};

template <typename Inner>
class IsOkAndHoldsMatcher {
 public:
  explicit IsOkAndHoldsMatcher(Inner inner) : inner_(std::move(inner)) {}

  // gmock asks for a matcher of the actual argument's type, whatever StatusOr<T> that is.
  template <typename Actual>
  operator ::testing::Matcher<Actual>() const {  // NOLINT: implicit by gmock's convention
    using Value = typename std::decay_t<Actual>::value_type;
    return ::testing::Matcher<Actual>(
        new Adapter<Actual>(::testing::SafeMatcherCast<const Value&>(inner_)));
  }

 private:
  template <typename Actual>
  class Adapter : public ::testing::MatcherInterface<Actual> {
   public:
    using Value = typename std::decay_t<Actual>::value_type;
    explicit Adapter(::testing::Matcher<const Value&> value) : value_(std::move(value)) {}

    bool MatchAndExplain(Actual actual, ::testing::MatchResultListener* listener) const override {
      if (actual.ok()) return value_.MatchAndExplain(*actual, listener);
      *listener << "which is " << actual.status().ToString();
      return false;
    }
    void DescribeTo(std::ostream* os) const override {
      *os << "is OK and holds a value that ";
      value_.DescribeTo(os);
    }

   private:
    const ::testing::Matcher<const Value&> value_;
  };

  const Inner inner_;
};

}  // namespace internal

inline ::testing::PolymorphicMatcher<internal::StatusMatcher> IsOk() {
  return ::testing::MakePolymorphicMatcher(
      internal::StatusMatcher(absl::StatusCode::kOk, ::testing::_));
}

// `code` and `message` may be values or matchers.
inline ::testing::PolymorphicMatcher<internal::StatusMatcher> StatusIs(
    ::testing::Matcher<absl::StatusCode> code,
    ::testing::Matcher<std::string> message = ::testing::_) {
  return ::testing::MakePolymorphicMatcher(
      internal::StatusMatcher(std::move(code), std::move(message)));
}

// `inner` may be a value or a matcher.
template <typename Inner>
internal::IsOkAndHoldsMatcher<std::decay_t<Inner>> IsOkAndHolds(Inner&& inner) {
  return internal::IsOkAndHoldsMatcher<std::decay_t<Inner>>(std::forward<Inner>(inner));
}

}  // namespace sinter::base

#endif  // SINTER_BASE_STATUS_MATCHERS_H_
