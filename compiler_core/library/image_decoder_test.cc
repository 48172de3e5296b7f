// Images made by hand, and damaged ones. JPEG and the rest are proved by ONNX's cases.
#include <cstdint>
#include <string>
#include <vector>

#include "compiler_core/library/image.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/testing/call.h"
#include "gtest/gtest.h"

extern "C" {
SINTER_OP(ImageDecoder);
}

namespace sinter::library {
namespace {

using Dims = std::vector<int64_t>;
using Pixels = std::vector<uint8_t>;

int32_t Decode(Call& call, const std::string& bytes) {
  call.Input<uint8_t>({static_cast<int64_t>(bytes.size())}, Pixels(bytes.begin(), bytes.end()));
  return call.Run();
}

TEST(ImageDecoderTest, FormatsOfPixels) {
  const std::string whole("P6\n2 1\n255\n\xff\0\0\0\0\xff", 17);
  Call rgb(sinter_op_ImageDecoder, 20);
  ASSERT_EQ(Decode(rgb, whole), SINTER_OK);
  EXPECT_EQ(rgb.Dims(0), (Dims{1, 2, 3}));
  EXPECT_EQ(rgb.Values<uint8_t>(0), (Pixels{255, 0, 0, 0, 0, 255}));
  Call bgr(sinter_op_ImageDecoder, 20);
  ASSERT_EQ(Decode(bgr.String("pixel_format", "BGR"), whole), SINTER_OK);
  EXPECT_EQ(bgr.Values<uint8_t>(0), (Pixels{0, 0, 255, 255, 0, 0}));
  Call gray(sinter_op_ImageDecoder, 20);
  ASSERT_EQ(Decode(gray.String("pixel_format", "Grayscale"), whole), SINTER_OK);
  EXPECT_EQ(gray.Dims(0), (Dims{1, 2, 1}));
  // 0.299 and 0.114 of 255.
  EXPECT_EQ(gray.Values<uint8_t>(0), (Pixels{76, 29}));
}

TEST(ImageDecoderTest, TextIsAnImageToo) {
  Call call(sinter_op_ImageDecoder, 20);
  ASSERT_EQ(Decode(call, "P2 # gray\n1 2\n255\n7\n200\n"), SINTER_OK);
  EXPECT_EQ(call.Dims(0), (Dims{2, 1, 3}));
  EXPECT_EQ(call.Values<uint8_t>(0), (Pixels{7, 7, 7, 200, 200, 200}));
}

TEST(ImageDecoderTest, BytesThatAreNoImageGiveAnEmptyOne) {
  for (const std::string& bytes :
       {std::string(), std::string("hello"), std::string("P6\n2 1\n255\n\xff"),
        std::string("P6\n99999999999 1\n255\n"), std::string("\xff\xd8\xff\xe0"),
        std::string("\x89PNG\r\n\x1a\n"), std::string("II*\0\xff\xff\xff\xff", 8),
        std::string("P2\n1 1\n255\n256\n")}) {
    Call call(sinter_op_ImageDecoder, 20);
    const int32_t status = Decode(call, bytes);
    if (bytes[0] == 'I') {
      EXPECT_EQ(status, SINTER_NOT_SUPPORTED);
      continue;
    }
    ASSERT_EQ(status, SINTER_OK) << bytes;
    EXPECT_EQ(call.Dims(0), (Dims{0, 0, 3}));
  }
}

TEST(ImageDecoderTest, FormatsThatAreLackingAreNamed) {
  Call webp(sinter_op_ImageDecoder, 20);
  EXPECT_EQ(Decode(webp, std::string("RIFF\0\0\0\0WEBPVP8 ", 16)), SINTER_NOT_SUPPORTED);
  EXPECT_NE(webp.message().find("WebP"), std::string::npos);
  Call wide(sinter_op_ImageDecoder, 20);
  EXPECT_EQ(Decode(wide, "P5\n1 1\n65535\nab"), SINTER_NOT_SUPPORTED);
}

TEST(InflateTest, StoredAndFixedBlocks) {
  // What Python's zlib.compress makes of b"abc" at level 0, and of b"a" * 10 at level 9.
  const struct {
    Pixels zlib;
    Pixels wanted;
  } cases[] = {
      {{0x78, 0x01, 0x01, 0x03, 0x00, 0xfc, 0xff, 'a', 'b', 'c'}, {'a', 'b', 'c'}},
      {{0x78, 0xda, 0x4b, 0x4c, 0x84, 0x01, 0x00}, Pixels(10, 'a')},
  };
  for (const auto& c : cases) {
    Pixels out(c.wanted.size());
    EXPECT_TRUE(sinter_inflate({c.zlib.data(), (int64_t)c.zlib.size()}, out.data(), out.size()));
    EXPECT_EQ(out, c.wanted);
    // Cut off, or of another size.
    EXPECT_FALSE(sinter_inflate({c.zlib.data(), 4}, out.data(), out.size()));
    EXPECT_FALSE(
        sinter_inflate({c.zlib.data(), (int64_t)c.zlib.size()}, out.data(), out.size() - 1));
  }
}

}  // namespace
}  // namespace sinter::library
