#include "base/stopped.hpp"

#include <boost/asio/multiple_exceptions.hpp>
#include <boost/system/system_error.hpp>

namespace billow {

Error stopped_by(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const boost::system::system_error& stopped) {
    return {Errc::cancelled, stopped.code().message()};
  } catch (const boost::asio::multiple_exceptions& both) {
    return stopped_by(both.first_exception());
  }
}

}  // namespace billow
