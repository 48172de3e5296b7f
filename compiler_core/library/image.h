/* Images out of files' bytes, for ImageDecoder.
 *
 * The decoders return SINTER_BAD_VALUE for bytes that are damaged (for which the operator gives an
 * empty image), SINTER_NOT_SUPPORTED for variants of a format that they lack, and
 * SINTER_NO_MEMORY. They trust no byte: sizes and offsets are checked before they are used.
 */
#ifndef SINTER_COMPILER_CORE_LIBRARY_IMAGE_H_
#define SINTER_COMPILER_CORE_LIBRARY_IMAGE_H_

#include "compiler_core/library/library.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sinter_bytes {
  const uint8_t* data;
  int64_t size;
} sinter_bytes;

/* Rows from the top, pixels of 1 (gray) or 3 bytes (red, green, blue). */
typedef struct sinter_image {
  int64_t width;
  int64_t height;
  int32_t channels;
  uint8_t* pixels; /* to be freed; null until it is made */
} sinter_image;

/* Makes room for the pixels. */
int32_t sinter_make_image(const sinter_op_call* call, sinter_image* image, int64_t width,
                          int64_t height, int32_t channels);

int32_t sinter_decode_bmp(const sinter_op_call* call, sinter_bytes bytes, sinter_image* image);
int32_t sinter_decode_pnm(const sinter_op_call* call, sinter_bytes bytes, sinter_image* image);
int32_t sinter_decode_tiff(const sinter_op_call* call, sinter_bytes bytes, sinter_image* image);
int32_t sinter_decode_png(const sinter_op_call* call, sinter_bytes bytes, sinter_image* image);
int32_t sinter_decode_jpeg(const sinter_op_call* call, sinter_bytes bytes, sinter_image* image);

/* Decompresses a zlib stream (RFC 1950, 1951) of exactly `size` bytes into `out`.
 * RETURNS: whether it was one; its checksum is not looked at. */
int sinter_inflate(sinter_bytes zlib, uint8_t* out, int64_t size);

/* --- The arithmetic of JPEG (image_jpeg_dct.c) --- */
/* Turns 64 dequantized coefficients into samples; as most decoders do it, with integers. */
void sinter_jpeg_samples(const int32_t* coefficients, uint8_t* samples, int64_t stride);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_IMAGE_H_ */
