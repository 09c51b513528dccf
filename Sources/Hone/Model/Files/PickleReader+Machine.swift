import Foundation

/// Instructions, one after the other, and the stack that they work on.
extension PickleReader {
  mutating func run(_ opcode: UInt8) throws {
    switch opcode {
    case 0x80: try checkProtocol(reader.number(UInt8.self))
    case 0x95: _ = try reader.bytes(8)  // FRAME
    case 0x28: stack.append(.mark)
    case 0x30: _ = try pop()
    case 0x31: _ = try popToMark()
    case 0x32: stack.append(try top())
    case 0x4e: stack.append(.none)
    case 0x88: stack.append(.bool(true))
    case 0x89: stack.append(.bool(false))
    case 0x49, 0x4c: stack.append(try decimal(reader.line()))  // INT, LONG
    case 0x4a: stack.append(.int(Int(try reader.number(Int32.self))))
    case 0x4b: stack.append(.int(Int(try reader.number(UInt8.self))))
    case 0x4d: stack.append(.int(Int(try reader.number(UInt16.self))))
    case 0x8a: stack.append(long(try reader.bytes(Int(reader.number(UInt8.self)))))
    case 0x8b: stack.append(long(try reader.bytes(reader.count(Int32.self))))
    case 0x46: stack.append(.float(Double(try reader.line()) ?? .nan))
    case 0x47: stack.append(.float(Double(bitPattern: try reader.number(UInt64.self).byteSwapped)))
    case 0x53: stack.append(.text(String(try reader.line().dropFirst().dropLast())))
    case 0x56: stack.append(.text(try reader.line()))
    case 0x54, 0x58: stack.append(.text(try reader.text(reader.count(UInt32.self))))
    case 0x55, 0x8c: stack.append(.text(try reader.text(Int(reader.number(UInt8.self)))))
    case 0x8d: stack.append(.text(try reader.text(reader.count(UInt64.self))))
    case 0x42: stack.append(.bytes(try reader.bytes(reader.count(UInt32.self))))
    case 0x43: stack.append(.bytes(try reader.bytes(Int(reader.number(UInt8.self)))))
    case 0x8e: stack.append(.bytes(try reader.bytes(reader.count(UInt64.self))))
    case 0x5d, 0x8f: stack.append(.list(place([])))
    case 0x6c: stack.append(.list(place(try popToMark())))
    case 0x29: stack.append(.tuple(place([])))
    case 0x74: stack.append(.tuple(place(try popToMark())))
    case 0x85...0x87: stack.append(.tuple(place(try pop(Int(opcode - 0x84)))))
    case 0x7d: stack.append(.dict(place([])))
    case 0x64: stack.append(.dict(place(try popToMark())))
    case 0x61: try extend([try pop()])
    case 0x65, 0x90, 0x75: try extend(try popToMark())  // APPENDS, ADDITEMS, SETITEMS
    case 0x73: try extend(try pop(2))
    case 0x63: stack.append(try global(reader.line(), reader.line()))
    case 0x93: try stackGlobal()
    case 0x52, 0x81: try reduce()
    case 0x62: try build()
    case 0x51: stack.append(try storage(pop()))
    case 0x70: memo[try index(reader.line())] = try top()
    case 0x71: memo[Int(try reader.number(UInt8.self))] = try top()
    case 0x72: memo[Int(try reader.number(UInt32.self))] = try top()
    case 0x94: memo[memo.count] = try top()
    case 0x67: stack.append(try recall(index(reader.line())))
    case 0x68: stack.append(try recall(Int(reader.number(UInt8.self))))
    case 0x6a: stack.append(try recall(Int(reader.number(UInt32.self))))
    default: throw refused("uses instruction 0x\(String(opcode, radix: 16)), which weights never need")
    }
  }

  private func checkProtocol(_ version: UInt8) throws {
    guard version <= 5 else { throw refused("is written in pickle protocol \(version), newer than 5") }
  }

  mutating func place(_ values: [PickleValue]) -> Int {
    arena.append(values)
    return arena.count - 1
  }

  func top() throws -> PickleValue {
    guard let value = stack.last, value != .mark else { throw damaged }
    return value
  }

  mutating func pop() throws -> PickleValue {
    guard let value = stack.popLast() else { throw damaged }
    return value
  }

  mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count >= count else { throw damaged }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = stack.lastIndex(of: .mark) else { throw damaged }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[(mark + 1)...])
  }

  private mutating func extend(_ values: [PickleValue]) throws {
    switch try top() {
    case .list(let index), .dict(let index): arena[index] += values
    case .inert: break
    default: throw damaged
    }
  }

  private func recall(_ index: Int) throws -> PickleValue {
    guard let value = memo[index] else { throw damaged }
    return value
  }

  private func index(_ line: String) throws -> Int {
    guard let index = Int(line) else { throw damaged }
    return index
  }

  private func decimal(_ line: String) throws -> PickleValue {
    switch line {
    case "00": return .bool(false)
    case "01": return .bool(true)
    default: return .int(try index(line.hasSuffix("L") ? String(line.dropLast()) : line))
    }
  }

  /// Little-endian two's complement; numbers beyond 64 bits are nobody's tensor size.
  private func long(_ bytes: Data) -> PickleValue {
    guard bytes.count <= 8 else { return .bytes(bytes) }
    let negative = (bytes.last ?? 0) & 0x80 != 0
    var value: UInt64 = negative ? .max : 0
    for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
    return .int(Int(Int64(bitPattern: value)))
  }
}
