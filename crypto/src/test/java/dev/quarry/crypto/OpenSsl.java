package dev.quarry.crypto;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// AES-256-XTS by the machine's OpenSSL 3, the other implementation that ours is compared with.
@SuppressWarnings("restricted")
final class OpenSsl {
  private final MethodHandle newContext;
  private final MethodHandle freeContext;
  private final MethodHandle xts;
  private final MethodHandle init;
  private final MethodHandle update;

  private OpenSsl(SymbolLookup library) {
    newContext = bind(library, "EVP_CIPHER_CTX_new", FunctionDescriptor.of(ADDRESS));
    freeContext = bind(library, "EVP_CIPHER_CTX_free", FunctionDescriptor.ofVoid(ADDRESS));
    xts = bind(library, "EVP_aes_256_xts", FunctionDescriptor.of(ADDRESS));
    init =
        bind(
            library,
            "EVP_CipherInit_ex",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT));
    update =
        bind(
            library,
            "EVP_CipherUpdate",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT));
  }

  /// The library, if the machine has it.
  static Optional<OpenSsl> load() {
    try {
      return Optional.of(new OpenSsl(SymbolLookup.libraryLookup("libcrypto.so.3", Arena.global())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// Enciphers or deciphers whole sectors, each one a data unit.
  byte[] xts(byte[] key, long firstSector, byte[] data, boolean encrypt) {
    byte[] result = new byte[data.length];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment context = (MemorySegment) newContext.invokeExact();
      MemorySegment in = arena.allocateFrom(ValueLayout.JAVA_BYTE, data);
      MemorySegment out = arena.allocate(data.length);
      MemorySegment written = arena.allocate(JAVA_INT);
      for (int at = 0; at < data.length; at += 512) {
        byte[] tweak =
            ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, firstSector + at / 512)
                .array();
        check(
            (int)
                init.invokeExact(
                    context,
                    (MemorySegment) xts.invokeExact(),
                    MemorySegment.NULL,
                    arena.allocateFrom(ValueLayout.JAVA_BYTE, key),
                    arena.allocateFrom(ValueLayout.JAVA_BYTE, tweak),
                    encrypt ? 1 : 0));
        check(
            (int)
                update.invokeExact(
                    context, out.asSlice(at, 512), written, in.asSlice(at, 512), 512));
      }
      freeContext.invokeExact(context);
      MemorySegment.copy(out, ValueLayout.JAVA_BYTE, 0, result, 0, result.length);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    return result;
  }

  private static void check(int answer) {
    if (answer != 1) {
      throw new AssertionError("OpenSSL failed");
    }
  }

  private static MethodHandle bind(SymbolLookup library, String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), type);
  }
}
