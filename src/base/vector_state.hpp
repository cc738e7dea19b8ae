#pragma once

namespace billow {

/// To be called behind functions of a library that compute in wide vector registers and leave the
/// upper halves in use, as libxxhash 0.8.1 and ISA-L 2.30 do: until they are cleared, narrower
/// instructions have to keep them, which took two fifths of the time of normalizing (Intel 64 and
/// IA-32 Architectures Optimization Reference Manual, "Mixing AVX Code with SSE Code"). Does
/// nothing on processors without such registers.
void clear_upper_halves() noexcept;

}  // namespace billow
