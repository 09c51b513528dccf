import Hone
import Testing

@Suite("Data set from a table")
struct DatasetTableTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["a.jpg", "b.jpg", "c d, e.jpg", "sub/f.jpg"] { try folder.write(name, jpegStart) }
  }

  private func dataset(_ text: String, _ name: String = "table.csv", columns: TableColumns = .init()) throws -> Dataset
  {
    try Dataset(table: folder.write(name, text), columns: columns)
  }

  @Test("With a header, without one, with tabs and with semicolons the table means the same")
  func dialects() throws {
    let tables = [
      "path,label\na.jpg,cat\nsub/f.jpg,dog\n", "a.jpg,cat\nsub/f.jpg,dog",
      "label;image\r\ncat;a.jpg\r\ndog;sub/f.jpg\r\n",
      "a.jpg\tcat\nsub/f.jpg\tdog\n", "\u{feff}what,name\ncat,a.jpg\ndog,sub/f.jpg\n",
      "a.jpg , cat\n\n sub\\f.jpg,dog\n",
    ]
    for text in tables {
      let data = try dataset(text)
      #expect(data.classes == ["cat", "dog"], "\(text)")
      #expect(data.samples.map(\.label) == [0, 1])
      #expect(data.title(of: 1) == "sub/f.jpg")
      #expect(data.problems.isEmpty)
    }
  }

  @Test("Quoted cells keep delimiters, quotes, spaces and line breaks; odd class names survive")
  func quoted() throws {
    let data = try dataset(
      "file,class\n\"c d, e.jpg\",\" wild \"\"cat\"\"\"\na.jpg,.hidden\nb.jpg,🐈 two words\nsub/f.jpg,\"a\nb\"\n")
    #expect(Set(data.classes) == [" wild \"cat\"", ".hidden", "🐈 two words", "a\nb"])
    #expect(data.samples.map { data.classes[$0.label] } == [" wild \"cat\"", ".hidden", "🐈 two words", "a\nb"])
  }

  @Test("Numbers are ordered by value, so that labels 0 to 10 keep their meaning")
  func numbers() throws {
    let data = try dataset("path,label\na.jpg,10\nb.jpg,9\nsub/f.jpg,0\n")
    #expect(data.classes == ["0", "9", "10"])
  }

  @Test("Groups and parts come from their columns")
  func groups() throws {
    let data = try dataset(
      "path,label,patient_id,split\na.jpg,x,p1,train\nb.jpg,y,p2,val\nsub/f.jpg,x,p1,test\n\"c d, e.jpg\",y,,train\n")
    #expect(data.samples.map(\.group) == [0, 1, 0, nil])
    #expect(data.predefinedSplit == [.train: [0, 3], .validation: [1], .test: [2]])
    let named = try dataset("x1,x2,x3\na.jpg,c,g\n", columns: TableColumns(path: "x1", label: "x2", group: "x3"))
    #expect(named.samples.map(\.group) == [0])
  }

  @Test("Rows that cannot be used are left out and named with their line")
  func badRows() throws {
    try folder.write("page.jpg", "<html>")
    let data = try dataset("path,label\na.jpg,x\nnope.jpg,x\nb.jpg,\nlonely\npage.jpg,y\nsub,x\n")
    #expect(data.samples.count == 1)
    let kinds = Dictionary(uniqueKeysWithValues: data.problems.map { ($0.line ?? 0, $0.kind) })
    #expect(kinds == [3: .missing, 4: .badRow, 5: .badRow, 6: .notAPicture, 7: .badRow])
  }

  @Test("Errors name the file, the line and the remedy")
  func errors() throws {
    let open = #expect(throws: HoneError.self) { try dataset("path,label\n\"a.jpg,x\nb.jpg,y\n") }
    #expect(open?.code == .malformed)
    #expect(open?.context["line"] == "2")
    let unnamed = #expect(throws: HoneError.self) { try dataset("a.jpg,1,2\n") }
    #expect(unnamed?.message.contains("path,label") == true)
    let column = #expect(throws: HoneError.self) {
      try dataset("image,klass\na.jpg,x\n", columns: TableColumns(label: "klas"))
    }
    #expect(column?.message.contains("did you mean 'klass'") == true)
    let nowhere = #expect(throws: HoneError.self) { try dataset("path,label\nq.jpg,x\n") }
    #expect(nowhere?.code == .emptyData)
    #expect(nowhere?.message.contains("q.jpg") == true)
  }
}
