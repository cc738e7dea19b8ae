#include "normalize/lookup_currency.hpp"

#include <bitset>

namespace billow::normalize {
namespace {

constexpr std::string_view codes =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN "
    "BWP BYN BZD "
    "CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD "
    "FKP GBP GEL "
    "GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF "
    "KPW KRW KWD "
    "KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN "
    "NAD NGN NIO "
    "NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP "
    "SLE SOS SRD "
    "SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED "
    "VES VND VUV "
    "WST XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWG ";

constexpr std::size_t letters = 26;
constexpr std::size_t code_chars = 3;

constexpr std::size_t place_of(std::string_view code) noexcept {
  std::size_t place = 0;
  for (const char c : code) place = place * letters + static_cast<std::size_t>(c - 'A');
  return place;
}

using Codes = std::bitset<letters * letters * letters>;

Codes known_codes() {
  Codes known;
  for (std::size_t at = 0; at < codes.size(); at += code_chars + 1)
    known.set(place_of(codes.substr(at, code_chars)));
  return known;
}

}  // namespace

bool is_currency(std::string_view code) noexcept {
  static const Codes known = known_codes();
  if (code.size() != code_chars) return false;
  for (const char c : code) {
    if (c < 'A' || c > 'Z') return false;
  }
  return known.test(place_of(code));
}

}  // namespace billow::normalize
