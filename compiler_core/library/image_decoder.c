/* ImageDecoder: looks at what format the bytes are in, and brings the pixels into the one asked. */
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/image.h"
#include "compiler_core/library/tensors.h"

int32_t sinter_make_image(const sinter_op_call* call, sinter_image* image, int64_t width,
                          int64_t height, int32_t channels) {
  if (width <= 0 || height <= 0) SINTER_FAIL(SINTER_BAD_VALUE, "an image without pixels");
  if (width > ((int64_t)1 << 24) || height > ((int64_t)1 << 24)) {
    SINTER_FAIL(SINTER_NO_MEMORY, "an image of more than 2^24 rows or columns");
  }
  image->width = width;
  image->height = height;
  image->channels = channels;
  image->pixels = sinter_allocate(call->context, (uint64_t)(width * height * channels));
  if (image->pixels == 0) SINTER_FAIL(SINTER_NO_MEMORY, "there is no memory to work in");
  return SINTER_OK;
}

static int starts_with(sinter_bytes bytes, const char* magic, int64_t size, int64_t at) {
  if (bytes.size < at + size) return 0;
  for (int64_t i = 0; i < size; ++i) {
    if (bytes.data[at + i] != (uint8_t)magic[i]) return 0;
  }
  return 1;
}

static int32_t decode(const sinter_op_call* call, sinter_bytes bytes, sinter_image* image) {
  if (starts_with(bytes, "BM", 2, 0)) return sinter_decode_bmp(call, bytes, image);
  if (starts_with(bytes, "\xff\xd8\xff", 3, 0)) return sinter_decode_jpeg(call, bytes, image);
  if (starts_with(bytes, "\x89PNG\r\n\x1a\n", 8, 0)) return sinter_decode_png(call, bytes, image);
  if (starts_with(bytes, "II*\0", 4, 0) || starts_with(bytes, "MM\0*", 4, 0)) {
    return sinter_decode_tiff(call, bytes, image);
  }
  if (starts_with(bytes, "RIFF", 4, 0) && starts_with(bytes, "WEBP", 4, 8)) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "images in the WebP format");
  }
  if (starts_with(bytes, "\0\0\0\x0cjP  ", 8, 0) || starts_with(bytes, "\xff\x4f\xff\x51", 4, 0)) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "images in the JPEG 2000 format");
  }
  if (bytes.size > 2 && bytes.data[0] == 'P' && bytes.data[1] >= '1' && bytes.data[1] <= '6') {
    return sinter_decode_pnm(call, bytes, image);
  }
  SINTER_FAIL(SINTER_BAD_VALUE, "bytes in no format of images");
}

/* The usual weights of red, green and blue, in 1/65536. */
static uint8_t gray_of(const uint8_t* rgb) {
  return (uint8_t)((rgb[0] * 19595 + rgb[1] * 38470 + rgb[2] * 7471 + 0x8000) >> 16);
}

static void convert(const sinter_image* image, int32_t channels, int is_bgr, uint8_t* to) {
  const uint8_t* from = image->pixels;
  const int64_t count = image->width * image->height;
  for (int64_t i = 0; i < count; ++i, from += image->channels, to += channels) {
    if (channels == 1) {
      to[0] = image->channels == 1 ? from[0] : gray_of(from);
      continue;
    }
    const int step = image->channels == 3;
    for (int c = 0; c < 3; ++c) to[c] = from[step * (is_bgr ? 2 - c : c)];
  }
}

SINTER_OP(ImageDecoder) {
  const sinter_value* input = call->inputs[0];
  const int is_gray = sinter_attr_is(call, "pixel_format", "Grayscale", "RGB");
  const int is_bgr = sinter_attr_is(call, "pixel_format", "BGR", "RGB");
  if (!is_gray && !is_bgr && !sinter_attr_is(call, "pixel_format", "RGB", "RGB")) {
    SINTER_FAIL(SINTER_NOT_SUPPORTED, "a format of pixels that is not known");
  }
  const sinter_bytes bytes = {input->data, sinter_num_elements(input)};
  sinter_image image = {0, 0, 0, 0};
  const char* const message = *call->message;
  int32_t status = decode(call, bytes, &image);
  if (status == SINTER_OK || status == SINTER_BAD_VALUE) {
    /* What can't be decoded is an empty image. */
    if (status == SINTER_BAD_VALUE) image.width = image.height = 0;
    const int64_t dims[3] = {image.height, image.width, is_gray ? 1 : 3};
    status = sinter_make_tensor(call, call->outputs[0], SINTER_U8, 3, dims);
    if (status == SINTER_OK) {
      *call->message = message;
      convert(&image, (int32_t)dims[2], is_bgr, call->outputs[0]->data);
    }
  }
  sinter_free(call->context, image.pixels);
  return status;
}
