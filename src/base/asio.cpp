// Asio's non-template code, compiled once (BOOST_ASIO_SEPARATE_COMPILATION). The TLS part is in
// http/.
#include <boost/asio/impl/src.hpp>
