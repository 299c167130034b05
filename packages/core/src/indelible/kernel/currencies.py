"""The active currencies of ISO 4217, with the number of digits of their minor units.

Source: ISO 4217, list one as published on 1 January 2026 (the copy in iso4217 1.16.20260101 on
PyPI), without codes that have no minor unit: precious metals, units of account such as XDR, and the
codes for tests and for no currency.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_WITHOUT_DECIMALS: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_WITH_TWO_DECIMALS: Final = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
    CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
    GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK
    LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO
    NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS
    SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST
    XAD XCD XCG YER ZAR ZMW ZWG
"""
_WITH_THREE_DECIMALS: Final = "BHD IQD JOD KWD LYD OMR TND"
_WITH_FOUR_DECIMALS: Final = "CLF UYW"


def _exponents() -> Mapping[str, int]:
    groups = {
        0: _WITHOUT_DECIMALS,
        2: _WITH_TWO_DECIMALS,
        3: _WITH_THREE_DECIMALS,
        4: _WITH_FOUR_DECIMALS,
    }
    exponents: dict[str, int] = {}
    for exponent, codes in groups.items():
        exponents.update(dict.fromkeys(codes.split(), exponent))

    return MappingProxyType(dict(sorted(exponents.items())))


CURRENCIES: Final = _exponents()
