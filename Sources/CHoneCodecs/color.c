// From the colours of an embedded ICC profile to sRGB, by Little CMS. Built without it, samples stay as they are.
#include "codec.h"

bool hc_has_color_management(void) {
#ifdef HONE_LCMS
  return true;
#else
  return false;
#endif
}

#ifdef HONE_LCMS
#include <lcms2.h>

// Most pictures say that they are sRGB already; a second rounding would only cost time.
static bool is_srgb(cmsHPROFILE profile) {
  char name[128] = "";
  cmsGetProfileInfoASCII(profile, cmsInfoDescription, "en", "US", name, sizeof name);
  return strstr(name, "sRGB") != NULL;
}

// Little CMS's name for pixels of the output; 0 where the profile is about other channels.
static cmsUInt32Number pixels_of(const hc_sink *sink, cmsHPROFILE profile) {
  if (cmsGetColorSpace(profile) != cmsSigRgbData) return 0;
  bool wide = sink->depth == 16;
  if (sink->layout == HC_RGB) return wide ? TYPE_RGB_16 : TYPE_RGB_8;
  if (sink->layout == HC_RGBA) return wide ? TYPE_RGBA_16 : TYPE_RGBA_8;
  return 0;
}

static cmsHTRANSFORM transform_for(const hc_sink *sink, cmsHPROFILE profile) {
  cmsUInt32Number pixels = pixels_of(sink, profile);
  if (pixels == 0 || is_srgb(profile)) return NULL;
  cmsHPROFILE srgb = cmsCreate_sRGBProfile();
  if (!srgb) return NULL;
  cmsUInt32Number flags = cmsFLAGS_NOCACHE | cmsFLAGS_COPY_ALPHA;
  cmsHTRANSFORM transform = cmsCreateTransform(profile, pixels, srgb, pixels, INTENT_PERCEPTUAL, flags);
  cmsCloseProfile(srgb);
  return transform;
}

void hc_to_srgb(hc_sink *sink, const uint8_t *bytes, uint32_t length) {
  cmsHPROFILE profile = cmsOpenProfileFromMem(bytes, length);
  if (!profile) return;
  cmsHTRANSFORM transform = transform_for(sink, profile);
  size_t row_bytes = sink->window.width * hc_pixel_bytes(sink->layout, sink->depth);
  for (uint32_t y = 0; transform && y < sink->window.height; y++)
    cmsDoTransform(transform, sink->out + y * row_bytes, sink->out + y * row_bytes, sink->window.width);
  if (transform) cmsDeleteTransform(transform);
  cmsCloseProfile(profile);
}
#else
void hc_to_srgb(hc_sink *sink, const uint8_t *bytes, uint32_t length) { (void)sink, (void)bytes, (void)length; }
#endif
