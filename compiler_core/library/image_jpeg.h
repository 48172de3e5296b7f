/* What the parts of the JPEG decoder share: image_jpeg.c reads the file, image_jpeg_scan.c its
 * compressed data, image_jpeg_color.c makes pixels of samples. */
#ifndef SINTER_COMPILER_CORE_LIBRARY_IMAGE_JPEG_H_
#define SINTER_COMPILER_CORE_LIBRARY_IMAGE_JPEG_H_

#include "compiler_core/library/image.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SINTER_JPEG_COMPONENTS 3

/* A prefix code: for each length the first code, how many there are, and where their symbols
 * start. */
typedef struct sinter_jpeg_code {
  int32_t first[17];
  int32_t count[17];
  int32_t start[17];
  uint8_t symbols[256];
} sinter_jpeg_code;

typedef struct sinter_jpeg_component {
  int32_t id;
  int32_t across; /* samples for `most_across` pixels */
  int32_t down;
  int32_t quantization;
  int32_t dc_code;
  int32_t ac_code;
  int32_t predicted; /* the last block's first coefficient */
  int64_t width;     /* samples that belong to the image */
  int64_t height;
  int64_t stride; /* samples in a row of `samples`, which has whole blocks */
  uint8_t* samples;
} sinter_jpeg_component;

typedef struct sinter_jpeg {
  sinter_bytes bytes;
  int64_t at;
  int64_t width;
  int64_t height;
  int32_t num_components;
  int32_t most_across;
  int32_t most_down;
  int32_t restart; /* blocks of the image between restarts; 0: none */
  int is_jfif;
  int adobe; /* its transform; -1: not said */
  sinter_jpeg_component components[SINTER_JPEG_COMPONENTS];
  uint16_t quantization[4][64]; /* in zigzag order */
  sinter_jpeg_code codes[2][4]; /* for first coefficients, for others */
} sinter_jpeg;

/* Decodes the scan at `at` into the components' samples. RETURNS: whether it is whole. */
SINTER_HIDDEN int sinter_read_jpeg_scan(sinter_jpeg* jpeg);
/* Makes the image's pixels. `room` has 7 bytes for each pixel of a row. */
SINTER_HIDDEN void sinter_put_jpeg_pixels(const sinter_jpeg* jpeg, const sinter_image* image,
                                          uint8_t* room);

#ifdef __cplusplus
}
#endif

#endif /* SINTER_COMPILER_CORE_LIBRARY_IMAGE_JPEG_H_ */
