#include "http/name_lookup.hpp"

#include "base/deadline.hpp"
#include "unit/http/scripted_server.hpp"

#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>

namespace billow::http {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;
using boost::asio::ip::tcp;

/// Name servers that answer about every name but "silent.example", about which they answer once
/// they are told to. Shared with the threads that ask.
class NameServers {
 public:
  NameLookups::Ask ask() {
    return [facts = facts_](const std::string& host) -> Result<Addresses> {
      ++facts->asked;
      if (host == "silent.example") facts->speak.wait();
      if (host == "unknown.example") return Error{Errc::transient, "no such name"};
      return Addresses(1, tcp::endpoint(make_address("127.0.0.1"), 0));
    };
  }
  void speak() {
    if (!std::exchange(spoken_, true)) facts_->speak.count_down();
  }
  int asked() const { return facts_->asked; }
  ~NameServers() { speak(); }
  NameServers() = default;
  NameServers(const NameServers&) = delete;
  NameServers& operator=(const NameServers&) = delete;

 private:
  struct Facts {
    std::latch speak{1};
    std::atomic<int> asked = 0;
  };
  std::shared_ptr<Facts> facts_ = std::make_shared<Facts>();
  bool spoken_ = false;
};

Task<Addresses> find_within(NameLookups& lookups, std::string host,
                            std::chrono::milliseconds limit) {
  return lookups.find(std::move(host), Clock::now() + limit);
}

Task<bool> let_speak(NameServers& servers) {
  servers.speak();
  co_return true;
}

/// Two look for the same host; only when both wait do the name servers answer.
Task<Addresses> find_twice(NameLookups& lookups, NameServers& servers, std::string host) {
  using namespace boost::asio::experimental::awaitable_operators;
  auto [first, second, spoken] = co_await (find_within(lookups, host, 1h) &&
                                           find_within(lookups, host, 1h) && let_speak(servers));
  if (!first) co_return first.error();
  if (!second) co_return second.error();
  first->insert(first->end(), second->begin(), second->end());
  co_return first;
}

class NameLookupsTest : public testing::Test {
 protected:
  Result<Addresses> find(NameLookups& lookups, std::string host,
                         std::chrono::milliseconds limit = 1h) {
    return test::run(context_, find_within(lookups, std::move(host), limit));
  }
  NameServers servers_;
  boost::asio::io_context context_;
};

TEST_F(NameLookupsTest, FindsTheAddressesOfAName) {
  NameLookups lookups(servers_.ask());
  const auto found = find(lookups, "a.example");
  ASSERT_TRUE(found) << found.error().detail;
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->front().address().to_string(), "127.0.0.1");
  const auto unknown = find(lookups, "unknown.example");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().detail, "no such name");
}

TEST_F(NameLookupsTest, GivesANameThatHangsUpWithoutHoldingUpOthers) {
  NameLookups lookups(servers_.ask());
  for (int i = 0; i < 3; ++i) {
    const auto silent = find(lookups, "silent.example", 20ms);
    ASSERT_FALSE(silent);
    EXPECT_EQ(silent.error().code, Errc::transient);
    EXPECT_NE(silent.error().detail.find("silent.example was not resolved in time"),
              std::string::npos);
    EXPECT_TRUE(find(lookups, "a.example"));
  }
  EXPECT_EQ(servers_.asked(), 4) << "a name that hangs is asked for once";
}

TEST_F(NameLookupsTest, AnswersAllWhoWaitForTheSameName) {
  NameLookups lookups(servers_.ask());
  const auto both = test::run(context_, find_twice(lookups, servers_, "silent.example"));
  ASSERT_TRUE(both) << both.error().detail;
  EXPECT_EQ(both->size(), 2U);
  EXPECT_EQ(servers_.asked(), 1);
}

TEST_F(NameLookupsTest, LooksUpSoManyNamesAtOnceAndNoMore) {
  NameLookups lookups(servers_.ask(), 1);
  ASSERT_FALSE(find(lookups, "silent.example", 20ms));
  const auto refused = find(lookups, "a.example");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::transient);
  servers_.speak();
  find(lookups, "silent.example");
  EXPECT_TRUE(find(lookups, "a.example"));
}

TEST_F(NameLookupsTest, MayEndWhileANameIsLookedUp) {
  {
    NameLookups lookups(servers_.ask());
    boost::asio::io_context context;
    boost::asio::co_spawn(context, find_within(lookups, "silent.example", 1h),
                          boost::asio::detached);
    context.poll();
  }
  servers_.speak();
}

TEST(AskSystem, FindsThisMachine) {
  const auto found = ask_system("localhost");
  ASSERT_TRUE(found) << found.error().detail;
  ASSERT_FALSE(found->empty());
  EXPECT_TRUE(found->front().address().is_loopback());
  EXPECT_EQ(found->front().port(), 0);
}

TEST(AskSystem, SaysThatANameDoesNotResolve) {
  const auto found = ask_system("two..dots.example");  // no name server is asked about it;
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Errc::transient);
  EXPECT_NE(found.error().detail.find("the name two..dots.example does not resolve: "),
            std::string::npos)
      << found.error().detail;
}

}  // namespace
}  // namespace billow::http
