"""Makes modules that a jar's descriptor requires optional when it runs, as `requires static` does:
optional_modules.py JAR MODULE... The jar is replaced once it is whole."""
import os
import struct
import sys
import zipfile

STATIC = 0x0040
NAME = "module-info.class"


def constant_pool(data):
    """Index -> text, or index of the text, and the offset behind the pool (class file format, 4.4)."""
    pool, offset, number = {}, 10, 1
    while number < struct.unpack_from(">H", data, 8)[0]:
        tag = data[offset]
        if tag == 1:
            length = struct.unpack_from(">H", data, offset + 1)[0]
            pool[number] = bytes(data[offset + 3:offset + 3 + length]).decode()
            offset += 3 + length
        elif tag in (7, 8, 16, 19, 20):
            pool[number] = struct.unpack_from(">H", data, offset + 1)[0]
            offset += 3
        else:
            sys.exit(f"{NAME} has a constant of kind {tag}")
        number += 1
    return pool, offset


def requirements(data):
    """Module name -> offset of the flags with which it is required (4.7.25)."""
    pool, offset = constant_pool(data)
    # Access flags, this class, superclass, and no interfaces, fields or methods.
    attributes = struct.unpack_from(">H", data, offset + 12)[0]
    offset += 14
    for _ in range(attributes):
        name, length = struct.unpack_from(">HI", data, offset)
        if pool[name] == "Module":
            count = struct.unpack_from(">H", data, offset + 12)[0]
            entries = range(offset + 14, offset + 14 + 6 * count, 6)
            return {pool[pool[struct.unpack_from(">H", data, at)[0]]]: at + 2 for at in entries}
        offset += 6 + length
    sys.exit(f"{NAME} names no module")


def main(jar, modules):
    with zipfile.ZipFile(jar) as old, zipfile.ZipFile(jar + ".new", "w", zipfile.ZIP_DEFLATED) as new:
        descriptor = bytearray(old.read(NAME))
        required = requirements(descriptor)
        for module in modules:
            flags = struct.unpack_from(">H", descriptor, required[module])[0]
            struct.pack_into(">H", descriptor, required[module], flags | STATIC)
        for entry in old.infolist():
            new.writestr(entry, bytes(descriptor) if entry.filename == NAME else old.read(entry))
    os.replace(jar + ".new", jar)


main(sys.argv[1], sys.argv[2:])
